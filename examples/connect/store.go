package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
)

// openStore opens the file that the connections are kept in, or one that ends with the program.
func openStore(ctx context.Context, path string, env func(string) (string, bool), log *slog.Logger) (_ *sqlite.Store, closeStore func() error, _ error) {
	if path != "" {
		text, _ := env("PME_CONNECTION_KEY")
		key, err := sqlstore.ParseKey(text)
		if err != nil {
			return nil, nil, fmt.Errorf("PME_CONNECTION_KEY: %w", err)
		}
		store, err := sqlite.Open(ctx, sqlite.Config{Path: path, Keys: []sqlstore.Key{key}, Logger: log})
		if err != nil {
			return nil, nil, err
		}
		return store, store.Close, nil
	}
	dir, err := os.MkdirTemp("", "pme-connect-")
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlite.Open(ctx, sqlite.Config{
		Path: filepath.Join(dir, "connections.db"), Keys: []sqlstore.Key{sqlstore.NewKey()}, Logger: log,
	})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return store, func() error { return errors.Join(store.Close(), os.RemoveAll(dir)) }, nil
}
