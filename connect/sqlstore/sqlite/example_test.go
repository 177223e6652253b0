package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
)

func Example() {
	dir, err := os.MkdirTemp("", "connections") // an application has a directory that stays
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	key, err := sqlstore.ParseKey("YW4gZXhhbXBsZSBvZiB0aGlydHktdHdvIGJ5dGVzIC4=") // of its environment, openssl rand -base64 32
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	cfg := sqlite.Config{Path: filepath.Join(dir, "connections.db"), Keys: []sqlstore.Key{key}}
	file, err := sqlite.Open(ctx, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = file.Close() }() // after the Connections that use it

	_, err = file.Get(ctx, store.Key{User: "alice", ID: "none"})
	fmt.Println(errors.Is(err, store.ErrNoRecord))

	cfg.Wait = -1
	_, err = sqlite.Open(ctx, cfg)
	fmt.Println(errors.Is(err, sqlite.ErrInUse))
	// Output:
	// true
	// true
}
