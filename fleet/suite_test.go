package fleet_test

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
	loginsuite "github.com/go-pme/pme/middleware/oidclogin/storetest"
)

var key = bytes.Repeat([]byte("k"), 32)

// opened counts the fleets: each test has one of its own.
var opened atomic.Int64

// open joins a new fleet, or the one of cfg's Namespace.
func open(t testing.TB, cfg fleet.Config) *fleet.Fleet {
	t.Helper()
	cfg.Keys, cfg.Lease = [][]byte{key}, lease
	if cfg.Namespace == "" {
		cfg.Namespace = fmt.Sprint("test", opened.Add(1))
	}
	f, err := fleet.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestTokenStore(t *testing.T) {
	server := redistest.Start(t)
	storetest.Run(t, func(t *testing.T, b storetest.Bounds) store.Store {
		return open(t, fleet.Config{URL: server.URL(), MaxEntries: b.MaxEntries, MaxPerUser: b.MaxPerUser}).Tokens()
	})
}

func TestSessionStore(t *testing.T) {
	server := redistest.Start(t)
	loginsuite.Run(t, func(t *testing.T) login.Store { return open(t, fleet.Config{URL: server.URL()}).Sessions() })
}
