package sqlite_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink/sqlite"
)

func TestFileOfAnotherProcessIsAClearError(t *testing.T) {
	path := newPath(t)
	other := start(t, path)
	defer other.kill(t)
	if line := other.line(t); !strings.HasPrefix(line, "chain ") {
		t.Fatal(line)
	}
	cfg := sqlite.Config{Path: path}
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
	add(t, s, "a")
	cfg := sqlite.Config{Path: path}
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
	wantAll(t, s, "a\n")
}

func TestSuccessorWaitsForTheEndOfItsPredecessor(t *testing.T) {
	path := newPath(t)
	other := start(t, path)
	told := other.line(t)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { time.Sleep(300 * time.Millisecond); told += other.kill(t) })
	cfg := sqlite.Config{Path: path}
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
		if !strings.HasPrefix(told, "chain ") {
			t.Fatal(told)
		}
		time.Sleep(rand.N(30 * time.Millisecond))
		told += other.kill(t)
		s := open(t, path)
		wantAll(t, s, told)
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

func add(t *testing.T, s audit.Sink, chain string) {
	t.Helper()
	if err := s.Append(t.Context(), record(chain)); err != nil {
		t.Fatal(err)
	}
}

// wantAll checks that everything is there that another process told of, and that nothing is wrong with the rest.
func wantAll(t *testing.T, s *sqlite.Sink, told string) {
	t.Helper()
	there := make(map[string]bool)
	for r, err := range s.Records(t.Context(), audit.Query{}) {
		if err != nil {
			t.Error(err)
		}
		there[r.Chain] = true
	}
	whole := strings.Split(told[:strings.LastIndexByte(told, '\n')], "\n")
	for _, chain := range whole {
		if !there[chain] {
			t.Errorf("%q of %d is lost", chain, len(whole))
		}
	}
}
