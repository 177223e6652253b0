package pme_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
)

// heard is a listener that keeps the events of some kinds.
type heard struct {
	kinds []event.Kind
	mu    sync.Mutex
	all   []event.Event
}

func (h *heard) Listen(e event.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.Contains(h.kinds, e.Kind) {
		h.all = append(h.all, e)
	}
}

// listen has the events of a Config kept, and returns a function that waits for them to arrive and returns them.
func listen(t *testing.T, cfg *pme.Config, kinds ...event.Kind) func() []event.Event {
	t.Helper()
	h := &heard{kinds: kinds}
	stream, err := event.New(event.Config{Logger: cfg.Logger, Listeners: []event.Listener{h}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Shutdown(context.Background()) })
	cfg.Events = stream
	return func() []event.Event {
		_ = stream.Shutdown(t.Context())
		return h.all
	}
}

func TestTroubleIsAnEventWhenItBeginsAndEnds(t *testing.T) {
	var got func() []event.Event
	var down error
	var mu sync.Mutex
	set := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		down = err
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		cfg := pme.Config{
			ClientID: "id", ClientSecret: "secret", Authenticate: byHeader(),
			Access: access.List{{Users: []string{"alice"}, Models: []string{office}}},
			Health: []health.Part{{Name: "database", Check: func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				return down
			}}},
		}
		got = listen(t, &cfg, event.TroubleBegan, event.TroubleEnded)
		h, err := pme.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		set(errors.Join(errors.New("dial tcp 10.0.0.7"), health.Degraded("no connection")))
		time.Sleep(time.Minute)
		set(nil)
		time.Sleep(time.Minute)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		all := got()
		if len(all) != 2 || all[0].Kind != event.TroubleBegan || all[1].Kind != event.TroubleEnded {
			t.Fatalf("%+v", all)
		}
		for _, e := range all {
			if e.Part != "database" || e.From.Before(began) || e.From.After(began.Add(6*time.Second)) {
				t.Errorf("%+v", e)
			}
		}
		if all[0].Detail != "no connection" {
			t.Errorf("%q", all[0].Detail)
		}
	})
}

func TestEventsNameTheSpace(t *testing.T) {
	var got func() []event.Event
	h, _ := newHandler(t, func(cfg *pme.Config) { got = listen(t, cfg, event.Configured, event.TokenGranted) })
	if _, err := h.Issuer().Issue(t.Context(), &identity.User{ID: "alice"}, office); err != nil {
		t.Fatal(err)
	}
	all := got()
	if len(all) != 2 || all[0].Kind != event.Configured || !slices.Equal(all[1].Names, []string{"Head office"}) {
		t.Errorf("%+v", all)
	}
}
