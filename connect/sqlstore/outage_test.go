//go:build unix

package sqlstore_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/connect/store"
)

// soon is when an answer has to be there, whatever it is.
const soon = 10 * time.Second

func TestDatabaseThatIsKilledLosesNothingAndComesBack(t *testing.T) {
	leaveOutIfShort(t)
	server := postgrestest.New(t)
	others := goleak.IgnoreCurrent()
	dsn, key := server.Schema(t), sqlstore.NewKey()
	db := postgresPool(t, dsn, 8)
	s := db.store(t, key)
	create(t, s, record("alice", "A"), record("alice", "B"))
	mine := store.Key{User: "alice", ID: "A"}
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()

	inside, killed := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	for range 3 { // one that runs, and others that wait for it
		wg.Go(func() {
			err := s.Update(ctx, mine, func(_ context.Context, r *store.Record) error {
				r.Label, r.RefreshToken = "lost", "lost"
				close(inside)
				<-killed
				return nil
			})
			if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Update while the database is killed: %v", err)
			}
		})
	}
	<-inside
	server.Kill(t)
	close(killed)
	began := time.Now()
	wg.Wait()

	for what, call := range map[string]func() error{
		"Get":    func() error { _, err := s.Get(ctx, mine); return err },
		"List":   func() error { _, err := s.List(ctx, "alice"); return err },
		"Take":   func() error { _, err := s.Take(ctx, "nonce", "alice", proof); return err },
		"Begin":  func() error { return s.Begin(ctx, &store.PendingAuthorization{ID: "nonce"}, 1, start) },
		"Create": func() error { return s.Create(ctx, record("alice", "C"), 5) },
		"Update": func() error { return s.Update(ctx, mine, relabel("lost")) },
		"Delete": func() error { return s.Delete(ctx, mine) },
		"Rewrap": func() error { _, err := s.Rewrap(ctx); return err },
		"New":    func() error { _, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{key}}); return err },
	} {
		if err := call(); err == nil || errors.Is(err, store.ErrNoRecord) || ctx.Err() != nil {
			t.Errorf("%s without a database: %v", what, err)
		}
	}
	if took := time.Since(began); took > soon/2 {
		t.Errorf("it takes %v to find out that the database is gone", took)
	}

	server.Start(t)
	wantWhole(t, s, "alice", "A")
	wantWhole(t, s, "alice", "B")
	if err := s.Update(t.Context(), mine, relabel("found")); err != nil {
		t.Errorf("Update after the restart: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	const waiting = "github.com/go-pme/pme/connect/sqlstore/internal/postgrestest.await" // for the server
	if err := goleak.Find(others, goleak.IgnoreAnyFunction(waiting)); err != nil {
		t.Error(err)
	}
}

const (
	childDSN = "SQLSTORE_TEST_DSN"
	childKey = "SQLSTORE_TEST_KEY"
	aKey     = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

// holdUntilKilled is what the process does that is killed: it stays in an Update.
func holdUntilKilled(dsn string) {
	ctx := context.Background()
	fail := func(err error) { _, _ = os.Stderr.WriteString(err.Error() + "\n"); os.Exit(1) }
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		fail(err)
	}
	key, err := sqlstore.ParseKey(os.Getenv(childKey))
	if err != nil {
		fail(err)
	}
	s, err := sqlstore.New(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Keys: []sqlstore.Key{key}})
	if err != nil {
		fail(err)
	}
	fail(s.Update(ctx, store.Key{User: "alice", ID: "A"}, func(_ context.Context, r *store.Record) error {
		r.Label, r.RefreshToken = "lost", "lost"
		_, _ = os.Stdout.WriteString("inside\n")
		select {}
	}))
}

func TestLockOfAKilledProcessIsFree(t *testing.T) {
	dsn := postgres(t).Schema(t)
	key, err := sqlstore.ParseKey(aKey)
	if err != nil {
		t.Fatal(err)
	}
	s := postgresPool(t, dsn, 4).store(t, key)
	create(t, s, record("alice", "A"))

	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDSN+"="+dsn, childKey+"="+aKey)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "inside\n" {
		t.Fatalf("the other process: %q, %v", line, err)
	}

	mine := store.Key{User: "alice", ID: "A"}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := s.Update(ctx, mine, relabel("early")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Update beside that of another process: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	ctx, cancel = context.WithTimeout(t.Context(), soon)
	defer cancel()
	if err := s.Update(ctx, mine, relabel("Köln")); err != nil {
		t.Errorf("Update after the other process was killed: %v", err)
	}
	wantWhole(t, s, "alice", "A")
}
