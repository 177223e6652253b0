package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// Several replicas keep their connections in one PostgreSQL database.
func Example() {
	open := func(ctx context.Context) (*sql.DB, *sqlstore.Store, error) {
		key, err := sqlstore.ParseKey(os.Getenv("CONNECTIONS_KEY"))
		if err != nil {
			return nil, nil, err
		}
		db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
		if err != nil {
			return nil, nil, err
		}
		db.SetMaxOpenConns(10) // five of them for Updates
		store, err := sqlstore.New(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Keys: []sqlstore.Key{key}})
		return db, store, err
	}
	_ = open // Config.Store of package connect; the database is closed after that
}

func ExampleParseKey() {
	key, err := sqlstore.ParseKey("YW4gZXhhbXBsZSBvZiB0aGlydHktdHdvIGJ5dGVzIC4=")
	fmt.Println(key, err) // a key shows as its ID

	_, err = sqlstore.ParseKey("correct horse battery staple")
	fmt.Println(err)
	// Output:
	// key 16abfb34103caeb2 <nil>
	// sqlstore: a key is 32 random bytes in base64 or hexadecimal digits; make one with: openssl rand -base64 32
}

// A new key takes the place of an old one.
func ExampleStore_Rewrap() {
	dir, err := os.MkdirTemp("", "connections")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	old, next := sqlstore.NewKey(), sqlstore.NewKey()
	open := func(keys ...sqlstore.Key) (*sqlite.Store, error) {
		return sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(dir, "connections.db"), Keys: keys})
	}

	ctx := context.Background()
	file, err := open(old)
	if err != nil {
		fmt.Println(err)
		return
	}
	alice := store.Key{User: "alice", ID: "4RQ2EXAMPLE"}
	err = file.Create(ctx, &store.Record{Key: alice, RefreshToken: matterport.Secret("a refresh token")}, 10)
	fmt.Println("created:", err)
	_ = file.Close()

	file, err = open(next, old)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := file.Rewrap(ctx)
	fmt.Println("sealed anew:", n, err)
	_ = file.Close()

	file, err = open(next)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = file.Close() }()
	r, err := file.Get(ctx, alice)
	fmt.Println("found:", string(r.RefreshToken), err)
	// Output:
	// created: <nil>
	// sealed anew: 1 <nil>
	// found: a refresh token <nil>
}
