package acceptance_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

func TestServerWithoutMemory(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	f := fleettest.Open(t, fleet.Config{URL: server.URL(), Lease: time.Second, Logger: slog.New(slog.DiscardHandler)})
	admin := server.Client(t)
	limit := func(bytes string) {
		t.Helper()
		if err := admin.Do(t.Context(), admin.B().Arbitrary("CONFIG", "SET", "maxmemory", bytes).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	before := fleettest.Token("0", "bob")
	claimed := fleettest.Claim(t, f.Tokens(), before.Key)
	limit("1")
	if err := f.Tokens().Put(t.Context(), claimed, before, time.Hour); err == nil || errors.Is(err, store.ErrClaimLost) {
		t.Errorf("Put without memory: %v", err)
	}
	e := fleettest.Token("1", "alice")
	claim, err := f.Tokens().Claim(t.Context(), e.Key, f.Tokens().Mark(), time.Minute)
	if err == nil {
		err = f.Tokens().Put(t.Context(), claim, e, time.Hour)
	}
	if err == nil || errors.Is(err, store.ErrClaimLost) {
		t.Errorf("a token is stored without memory: %v", err)
	}
	if _, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err == nil {
		t.Error("Evict succeeds without memory")
	}
	fleettest.Eventually(t, "it is degraded", func() bool { return f.HealthParts()[0].Check(t.Context()) != nil })
	if got, err := f.Tokens().Get(t.Context(), e.Key, f.Tokens().Mark()); got != nil {
		t.Errorf("a token that is not stored is served: %v, %v", got, err)
	}
	limit("0")
	fleettest.Eventually(t, "it is well again", func() bool { return write(t.Context(), []*fleet.Fleet{f}) })
	if fleettest.Has(f.Tokens(), e.Key) || fleettest.Has(f.Tokens(), before.Key) {
		t.Error("a token is there that was not stored")
	}
}
