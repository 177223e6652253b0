//go:build unix

package sqlstore_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/connect/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return sqliteFile(t, filepath.Join(t.TempDir(), "connections.db"), 1).store(t, sqlstore.NewKey())
	})
}

func TestPostgreSQL(t *testing.T) {
	server := postgres(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		return postgresPool(t, server.Schema(t), 20).store(t, sqlstore.NewKey())
	})
}

func TestPostgreSQLShared(t *testing.T) {
	server := postgres(t)
	storetest.RunShared(t, func(t *testing.T) (a, b store.Store) {
		dsn, key := server.Schema(t), sqlstore.NewKey()
		return postgresPool(t, dsn, 20).store(t, key), postgresPool(t, dsn, 20).store(t, key)
	})
}

// Databases are set up in all sorts of ways, which must not get in the way of what takes its time.
func TestLimitsOfTheDatabaseAreNoneOfAnUpdate(t *testing.T) {
	const limit, longer = " idle_in_transaction_session_timeout=600 lock_timeout=600 statement_timeout=600", time.Second
	dsn, key := postgres(t).Schema(t)+limit+" default_transaction_isolation=serializable", sqlstore.NewKey()
	a, b := postgresPool(t, dsn, 5).store(t, key), postgresPool(t, dsn, 5).store(t, key)
	create(t, a, record("alice", "A"))
	k := store.Key{User: "alice", ID: "A"}
	for what, wait := range map[string]func(ctx context.Context) error{
		"Update":     func(ctx context.Context) error { return b.Update(ctx, k, relabel("changed by the other")) },
		"Delete":     func(ctx context.Context) error { return b.Delete(ctx, k) },
		"DeleteUser": func(ctx context.Context) error { _, err := b.DeleteUser(ctx, "alice"); return err },
	} {
		_ = a.Create(t.Context(), record("alice", "A"), 1) // again, where it is deleted
		var wg sync.WaitGroup
		inside := make(chan struct{})
		wg.Go(func() {
			err := a.Update(t.Context(), k, func(context.Context, *store.Record) error {
				close(inside)
				time.Sleep(longer)
				return nil
			})
			if err != nil {
				t.Errorf("an Update that takes %v: %v", longer, err)
			}
		})
		<-inside
		if err := wait(t.Context()); err != nil {
			t.Errorf("%s that waits for it: %v", what, err)
		}
		wg.Wait()
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		key := sqlstore.NewKey()
		s := db.store(t, key)
		create(t, s, record("alice", "A"), record("bob", "A"))
		begin(t, s, "nonce", "alice")
		s = db.store(t, key)
		wantWhole(t, s, "alice", "A")
		wantWhole(t, s, "bob", "A")
		if a, err := s.Take(t.Context(), "nonce", "alice", proof); err != nil || a.Verifier != verifier {
			t.Errorf("Take = %v, %v", a, err)
		}
	})
}

// The connection to the file must not be closed with a call that is given up while the database works on
// it: the lock on the file would be gone. A table of the connection's own would be, too.
func TestCanceledCallDoesNotLoseTheConnection(t *testing.T) {
	db := sqliteFile(t, filepath.Join(t.TempDir(), "connections.db"), 1)
	s := db.store(t, sqlstore.NewKey())
	create(t, s, record("alice", "A"))
	for _, statement := range []string{
		`CREATE TEMP TABLE own (n BIGINT)`,
		`ALTER TABLE pme_connections RENAME TO quick`,
		`CREATE VIEW pme_connections AS SELECT * FROM quick WHERE (WITH RECURSIVE count(n) AS
			(SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 60000) SELECT MAX(n) FROM count) > 0`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
	defer cancel()
	_, err := s.Get(ctx, store.Key{User: "alice", ID: "A"})
	if ctx.Err() == nil || errors.Is(err, store.ErrNoRecord) {
		t.Errorf("Get, given up: %v, %v", err, ctx.Err())
	}
	if _, err := db.ExecContext(t.Context(), `SELECT n FROM own`); err != nil {
		t.Errorf("the connection was replaced: %v", err)
	}
}
