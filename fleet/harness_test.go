package fleet_test

import (
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/issuer/store"
)

// lease is that of the tests.
const lease = fleettest.Lease

var key = fleettest.Key()

func namespace() string { return fleettest.Namespace() }

func open(t testing.TB, cfg fleet.Config) *fleet.Fleet {
	t.Helper()
	return fleettest.Open(t, cfg)
}

func replicas(t testing.TB, url string, n int) []*fleet.Fleet {
	t.Helper()
	return fleettest.Group(t, n, fleet.Config{URL: url})
}

func token(name, user string) *store.Entry { return fleettest.Token(name, user) }

func put(t testing.TB, s store.Store, e *store.Entry) {
	t.Helper()
	fleettest.Put(t, s, e)
}

func claim(t testing.TB, s store.Store, key store.Key) store.Claim {
	t.Helper()
	return fleettest.Claim(t, s, key)
}

func has(s store.Store, key store.Key) bool { return fleettest.Has(s, key) }

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	fleettest.Eventually(t, what, ok)
}
