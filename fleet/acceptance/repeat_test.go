package acceptance_test

import (
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

// A call whose answer is lost with the connection is sent again, and means the same.
func TestCallsWhoseAnswersAreLost(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	proxy := netfault.Start(t, server.Addr())
	f := fleettest.Open(t, fleet.Config{Addresses: []string{proxy.Addr()}, Lease: 10 * time.Second})
	e := fleettest.Token("1", "alice")
	var claim store.Claim
	for _, step := range []struct {
		name string
		call func() error
	}{
		{"Claim", func() (err error) {
			claim, err = f.Tokens().Claim(t.Context(), e.Key, f.Tokens().Mark(), time.Minute)
			return err
		}},
		{"Put", func() error { return f.Tokens().Put(t.Context(), claim, e, time.Hour) }},
		{"Once", func() error {
			first, err := f.Sessions().Once(t.Context(), "name", time.Hour)
			if !first {
				t.Error("Once takes its own first use for another one")
			}
			return err
		}},
		{"Save", func() error { return f.Sessions().Save(t.Context(), "name", []byte("value"), time.Hour) }},
	} {
		for range 50 { // on all connections, so that none is made while answers are held
			if _, err := f.Sessions().Load(t.Context(), "nothing"); err != nil {
				t.Fatal(err)
			}
		}
		loseAnswer(t, server, proxy, step.name, step.call)
	}
	if !fleettest.Has(f.Tokens(), e.Key) {
		t.Error("the token is not there")
	}
	if first, err := f.Sessions().Once(t.Context(), "name", time.Hour); err != nil || first {
		t.Errorf("Once of a name that was used: %v, %v", first, err)
	}
	if gone, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil || len(gone) != 1 {
		t.Errorf("Evict: %d tokens, %v", len(gone), err)
	}
}

// loseAnswer ends the connection once the server has done what the call asks for, and before it can say so.
func loseAnswer(t *testing.T, server *redistest.Server, proxy *netfault.Proxy, name string, call func() error) {
	t.Helper()
	admin := server.Client(t)
	keys := func() int64 {
		n, err := admin.Do(t.Context(), admin.B().Dbsize().Build()).AsInt64()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := keys()
	proxy.Hold(netfault.ToClient)
	result := make(chan error, 1)
	go func() { result <- call() }()
	fleettest.Eventually(t, name+" is done", func() bool { return keys() > before })
	proxy.Reset()
	proxy.Heal(t)
	if err := <-result; err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
