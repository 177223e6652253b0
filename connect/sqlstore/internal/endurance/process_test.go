//go:build unix

package endurance_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

func TestMain(m *testing.M) {
	if os.Getenv("ENDURANCE_URL") != "" {
		work()
		return
	}
	code := postgrestest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// users are those of a process under test.
func users() (list []*identity.User) {
	for i := range 12 {
		list = append(list, &identity.User{ID: fmt.Sprintf("user %d", i)})
	}
	return list
}

// A site is where connections are stored, for one process after the other.
type site struct {
	kind     string // "sqlite" or "postgres"
	database string // a path or a DSN
	key      string
}

// open opens the store; closeStore gives it up.
func (s site) open(ctx context.Context) (store store.Store, closeStore func() error, err error) {
	key, err := sqlstore.ParseKey(s.key)
	if err != nil {
		return nil, nil, err
	}
	keys := []sqlstore.Key{key}
	if s.kind == "sqlite" {
		file, err := sqlite.Open(ctx, sqlite.Config{Path: s.database, Keys: keys})
		if err != nil {
			return nil, nil, err
		}
		return file, file.Close, nil
	}
	db, err := sql.Open("pgx", s.database)
	if err != nil {
		return nil, nil, err
	}
	store, err = sqlstore.New(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Keys: keys})
	return store, db.Close, err
}

// work is the process under test: it gets tokens for every user and uses them, until it is killed.
func work() {
	at := site{os.Getenv("ENDURANCE_KIND"), os.Getenv("ENDURANCE_DATABASE"), os.Getenv("ENDURANCE_KEY")}
	store, _, err := at.open(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if step := os.Getenv("ENDURANCE_STEP"); step != "" {
		store = deadly{store, step}
	}
	t := new(stranger)
	c := over(t, app(t, os.Getenv("ENDURANCE_URL"), nil), store)
	fmt.Println("ready")
	var all sync.WaitGroup
	for _, u := range users() {
		all.Go(func() {
			for {
				_, err := c.Models(context.Background(), u, "", matterport.ModelQuery{PageSize: 1})
				switch {
				case errors.Is(err, connect.ErrReconnect), errors.Is(err, connect.ErrNotConnected):
					fmt.Fprintln(os.Stderr, u.ID, err)
					os.Exit(1)
				case err != nil: // too much of it, or the clock was turned in between
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
	all.Wait()
}

// stranger is what the process under test has in place of a test.
type stranger struct{ testing.TB }

func (*stranger) Helper()        {}
func (*stranger) Cleanup(func()) {}
func (*stranger) Fatal(a ...any) { fmt.Fprintln(os.Stderr, a...); os.Exit(1) }

// deadly is a store whose process is killed at a step of an Update.
type deadly struct {
	store.Store
	step string
}

func (d deadly) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	d.at("before the refresh")
	err := d.Store.Update(ctx, k, func(ctx context.Context, r *store.Record) error {
		d.at("with the lock")
		err := change(ctx, r)
		d.at("before the commit")
		return err
	})
	d.at("after the commit")
	return err
}

func (d deadly) at(step string) {
	if d.step == step {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// start starts a process on the site, and returns when it is at work.
func (s site) start(t *testing.T, u *upstream, step string) *exec.Cmd {
	t.Helper()
	p := exec.CommandContext(t.Context(), os.Args[0])
	p.Env = append(os.Environ(), "ENDURANCE_URL="+u.url, "ENDURANCE_KIND="+s.kind, "ENDURANCE_DATABASE="+s.database,
		"ENDURANCE_KEY="+s.key, "ENDURANCE_STEP="+step)
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return p
}

// killed waits for the end of a process that was killed.
func killed(t *testing.T, p *exec.Cmd) {
	t.Helper()
	err := p.Wait()
	status, ok := p.ProcessState.Sys().(syscall.WaitStatus)
	if err == nil || !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the process ended by itself: %v", err)
	}
}

// survey checks that every connection still works: that its tokens can be renewed, and used.
func (s site) survey(t *testing.T, u *upstream) {
	t.Helper()
	store, closeStore, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closeStore() }()
	a := app(t, u.url, u.now)
	c := over(t, a, store)
	for _, who := range users() {
		if _, err := c.Models(t.Context(), who, "", matterport.ModelQuery{PageSize: 1}); err != nil {
			t.Fatalf("%s: %v", who.ID, err)
		}
	}
	_ = c.Close()
	_ = a.Close()
}
