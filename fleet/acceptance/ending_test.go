package acceptance_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// The pages of every replica are told by what OnEvict hears.
func TestEndThatOneReplicaKnowsOfIsToldOnAll(t *testing.T) {
	t.Parallel()
	all := fleettest.Group(t, 2, fleet.Config{URL: redistest.Start(t).URL()})
	var end atomic.Pointer[time.Time]
	knows, err := issuer.New(issuer.Config{
		Matterport: new(busyMatterport), Store: all[0].Tokens(), Logger: slog.New(slog.DiscardHandler),
		Policy: access.FuncUntil(func(context.Context, *identity.User, string) (bool, time.Time, error) {
			if at := end.Load(); at != nil {
				return true, *at, nil
			}
			return true, time.Time{}, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = knows.Close() })
	told := make(chan time.Time, 10)
	t.Cleanup(all[1].Tokens().(store.Notifier).OnEvict(func(s store.Selector) {
		if s.User == "alice" {
			told <- time.Now()
		}
	}))
	if err := issue(t, knows, "alice", office); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Second)
	end.Store(&at)
	if err := knows.Recheck(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case heard := <-told:
		if heard.Before(at) {
			t.Errorf("told %v before the end", at.Sub(heard))
		}
	case <-time.After(20 * time.Second):
		t.Error("the other replica was not told")
	}
	e, err := all[1].Tokens().Get(t.Context(), store.Key{User: "alice", Models: office}, all[1].Tokens().Mark())
	if e != nil || err != nil {
		t.Errorf("the other replica still has %v, %v", e, err)
	}
}
