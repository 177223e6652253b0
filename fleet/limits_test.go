package fleet_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
)

func TestLimitsHoldForAllReplicasTogether(t *testing.T) {
	server := redistest.Start(t)
	all := fleettest.Group(t, 3, fleet.Config{URL: server.URL()})
	spend := func(f *fleet.Fleet) time.Duration {
		t.Helper()
		wait, err := f.Tokens().(store.Spender).Spend(t.Context(), "mint alice", 4, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	for n := range 4 {
		if wait := spend(all[n%3]); wait != 0 {
			t.Fatalf("alice waits %v for number %d of 4", wait, n+1)
		}
	}
	for _, f := range all {
		if wait := spend(f); wait <= 0 || wait > time.Hour {
			t.Errorf("alice waits %v beyond the burst", wait)
		}
	}
	if wait, err := all[1].Sessions().(login.Spender).Spend(t.Context(), "login 192.0.2.1", 1, time.Hour); wait != 0 || err != nil {
		t.Errorf("a login waits %v, %v", wait, err)
	}
	if dump := server.Dump(t); bytes.Contains(dump, []byte("alice")) || bytes.Contains(dump, []byte("192.0.2.1")) {
		t.Error("Redis has the name of a limit")
	}
}

// A limit that cannot be looked up is an error, at once: the caller goes on without it.
func TestLimitsFailAtOnceInAnOutage(t *testing.T) {
	for _, on := range []fleet.OnOutage{fleet.FailClosed, fleet.MintLocally} {
		server := redistest.Start(t)
		f := open(t, fleet.Config{URL: server.URL(), OnOutage: on})
		server.Stop(t)
		eventually(t, "the fleet knows that Redis is gone", func() bool { return f.HealthParts()[0].Check(t.Context()) != nil })
		began := time.Now()
		_, err := f.Tokens().(store.Spender).Spend(t.Context(), "mint alice", 1, time.Hour)
		_, loginErr := f.Sessions().(login.Spender).Spend(t.Context(), "login 192.0.2.1", 1, time.Hour)
		if err == nil || loginErr == nil {
			t.Errorf("%v and %v, want errors", err, loginErr)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the errors take %v", took)
		}
	}
}
