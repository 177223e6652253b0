// Package fleettest has what the tests of a fleet share: replicas of one fleet in this process, and tokens to store in it.
package fleettest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
)

// Lease is that of the tests, unless they need another one.
const Lease = 200 * time.Millisecond

// Key is the key of all fleets.
func Key() []byte { return bytes.Repeat([]byte("k"), 32) }

// opened counts the fleets: each test has one of its own.
var opened atomic.Int64

// Namespace returns a namespace that no other test has.
func Namespace() string { return fmt.Sprint("test", opened.Add(1)) }

// Open joins a new fleet, or the one of cfg's Namespace, until the end of the test.
func Open(t testing.TB, cfg fleet.Config) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Open(t.Context(), Config(cfg))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// Config returns cfg with the key and, where they are missing, a lease and a namespace.
func Config(cfg fleet.Config) fleet.Config {
	cfg.Keys, cfg.Lease = [][]byte{Key()}, cmp.Or(cfg.Lease, Lease)
	if cfg.Namespace == "" {
		cfg.Namespace = Namespace()
	}
	return cfg
}

// Group joins n replicas to a new fleet.
func Group(t testing.TB, n int, cfg fleet.Config) []*fleet.Fleet {
	t.Helper()
	cfg.Namespace = Namespace()
	all := make([]*fleet.Fleet, n)
	for i := range all {
		all[i] = Open(t, cfg)
	}
	return all
}

// Eventually polls until ok.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	EventuallyWithin(t, 15*time.Second, what, ok)
}

// EventuallyWithin polls until ok, and returns how long that took.
func EventuallyWithin(t testing.TB, limit time.Duration, what string, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for !ok() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
	return time.Since(began)
}

// Long reports whether tests may take minutes, as with `.ci/run --long`.
func Long() bool { return os.Getenv("PME_LONG") != "" }
