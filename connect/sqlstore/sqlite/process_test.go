package sqlite_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
)

func TestFileOfAnotherProcessIsAClearError(t *testing.T) {
	path := newPath(t)
	other := start(t, path)
	defer other.kill(t)
	if line := other.line(t); line != "A\n" {
		t.Fatal(line)
	}
	cfg := config(path)
	cfg.Wait = 300 * time.Millisecond
	began := time.Now()
	_, err := sqlite.Open(t.Context(), cfg)
	wantInUse(t, err, path)
	if took := time.Since(began); took < cfg.Wait || took > 20*cfg.Wait {
		t.Errorf("Open has waited for %v, not for %v", took, cfg.Wait)
	}
	cfg.Wait = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = sqlite.Open(ctx, cfg)
	wantInUse(t, err, path)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it is not said that the time was up: %v", err)
	}
}

func TestFileThatIsOpenInThisProcessIsAClearError(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	k := create(t, s)
	cfg := config(path)
	cfg.Wait = -1
	for range 3 { // trying must not take the lock away
		_, err := sqlite.Open(t.Context(), cfg)
		wantInUse(t, err, path)
		other := start(t, path)
		if line := other.line(t); !strings.Contains(line, "in use") {
			t.Errorf("another process opens it: %s", line)
		}
		_ = other.Wait()
	}
	if _, err := s.Get(t.Context(), k); err != nil {
		t.Error(err)
	}
}

func TestSuccessorWaitsForTheEndOfItsPredecessor(t *testing.T) {
	path := newPath(t)
	other := start(t, path)
	told := other.line(t)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { time.Sleep(300 * time.Millisecond); told += other.kill(t) })
	cfg := config(path)
	cfg.Wait = time.Minute
	s, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	wg.Wait()
	wantAll(t, s, told)
}

// Killed at any moment, a process loses nothing that it said was done.
func TestKilledProcessLosesNothing(t *testing.T) {
	path := newPath(t)
	for range 10 {
		other := start(t, path)
		told := other.line(t)
		if len(told) > 5 {
			t.Fatal(told)
		}
		time.Sleep(rand.N(30 * time.Millisecond))
		told += other.kill(t)
		s := open(t, path)
		wantAll(t, s, told)
		if _, err := s.DeleteUser(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func wantInUse(t *testing.T, err error, path string) {
	t.Helper()
	if !errors.Is(err, sqlite.ErrInUse) {
		t.Fatalf("error %v, want that the file is in use", err)
	}
	for _, want := range []string{path, "PostgreSQL"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %s: %v", want, err)
		}
	}
}

// wantAll checks that everything is there that another process told of.
func wantAll(t *testing.T, s *sqlite.Store, told string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(told, "\n"), "\n")
	for _, id := range lines {
		r, err := s.Get(t.Context(), store.Key{User: "alice", ID: id})
		if err != nil || r.RefreshToken != "refresh token" {
			t.Errorf("connection %q of %d: %v, %v", id, len(lines), r, err)
		}
	}
}
