package acceptance_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

func TestHungServer(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	proxy := netfault.Start(t, server.Addr())
	f := fleettest.Open(t, fleet.Config{Addresses: []string{proxy.Addr()}, Lease: time.Second, Logger: slog.New(slog.DiscardHandler)})
	e := fleettest.Token("1", "alice")
	fleettest.Put(t, f.Tokens(), e)
	hangs := 3 * time.Second
	if fleettest.Long() {
		hangs = 30 * time.Second
	}
	before := proxy.Accepted()
	server.Freeze(t)
	began := time.Now()
	for time.Since(began) < hangs {
		wantWithin(t, f, e.Key, 300*time.Millisecond)
		wantWithin(t, f, store.Key{User: "bob", Models: "SxQL3iGyoDo"}, 300*time.Millisecond)
	}
	connected := proxy.Accepted() - before
	server.Thaw(t)
	took := fleettest.EventuallyWithin(t, 15*time.Second, "it is well again", func() bool { return fleettest.Has(f.Tokens(), e.Key) && write(t.Context(), []*fleet.Fleet{f}) })
	t.Logf("well %v after %v, with %d connections meanwhile", took, hangs, connected)
	if took > 2*time.Second {
		t.Errorf("well again after %v", took)
	}
	if most := 3 + 2*int(hangs/time.Second); connected > most {
		t.Errorf("%d connections in %v, want at most %d", connected, hangs, most)
	}
}

// wantWithin wants an answer or an error in time.
func wantWithin(t *testing.T, f *fleet.Fleet, key store.Key, limit time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	began := time.Now()
	_, err := f.Tokens().Get(ctx, key, f.Tokens().Mark())
	if took := time.Since(began); took > limit+200*time.Millisecond {
		t.Errorf("an answer after %v, with %v time: %v", took, limit, err)
	}
	if err != nil && ctx.Err() == nil { // refused at once
		<-time.After(10 * time.Millisecond)
	}
}

func TestSentinelsThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	cfg := fleettest.Config(fleet.Config{
		Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}, Logger: slog.New(slog.DiscardHandler),
	})
	well := fleettest.Open(t, cfg)
	for _, sentinel := range s.Sentinels() {
		sentinel.Freeze(t)
	}
	began := time.Now()
	late, err := fleet.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("opened after %v", took)
	}
	works(t, well, well) // the server is well
	began = time.Now()
	if err := late.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("closed after %v", took)
	}
	t.Logf("closed after %v", time.Since(began))
}
