package fleet_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestFrozenServerEndsTheLease(t *testing.T) {
	server := redistest.Start(t)
	tokens := open(t, fleet.Config{URL: server.URL()}).Tokens()
	e := token("1", "alice")
	put(t, tokens, e)
	eventually(t, "it is cached", func() bool { return has(tokens, e.Key) })
	server.Freeze(t)
	frozen, last := time.Now(), time.Time{}
	ended, cancel := context.WithTimeout(t.Context(), 10*lease)
	defer cancel()
	for ended.Err() == nil {
		begun := time.Now()
		got, err := tokens.Get(ended, e.Key, tokens.Mark())
		if err == nil && got != nil {
			last = begun
		}
	}
	if after := last.Sub(frozen); after > lease {
		t.Errorf("it serves from memory %v after the server froze, with a lease of %v", after, lease)
	}
	server.Thaw(t)
	thawed := time.Now()
	eventually(t, "it serves again", func() bool { return has(tokens, e.Key) })
	if took := time.Since(thawed); took > 3*time.Second {
		t.Errorf("well again after %v", took)
	}
}

func TestCallerWhoLeavesRemovesNothing(t *testing.T) {
	server := redistest.Start(t)
	proxy := netfault.Start(t, server.Addr())
	f := open(t, fleet.Config{Addresses: []string{proxy.Addr()}})
	e := token("1", "alice")
	put(t, f.Tokens(), e)
	if err := f.Sessions().Save(t.Context(), "name", []byte("value"), time.Hour); err != nil {
		t.Fatal(err)
	}
	proxy.Hold(netfault.ToClient)
	ctx, cancel := context.WithTimeout(t.Context(), lease/2)
	defer cancel()
	if v, err := f.Sessions().Load(ctx, "name"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load: %q, %v", v, err)
	}
	proxy.Heal(t)
	eventually(t, "both are there", func() bool {
		v, err := f.Sessions().Load(t.Context(), "name")
		return err == nil && string(v) == "value" && has(f.Tokens(), e.Key)
	})
}
