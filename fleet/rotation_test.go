package fleet_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

// While keys are rotated, a replica can be without the newest one for a moment. What it cannot read it takes for everything.
func TestReplicaWithoutTheNewestKeyServesNothingThatIsRevoked(t *testing.T) {
	url, space := redistest.Start(t).URL(), namespace()
	older := bytes.Repeat([]byte("o"), 32)
	join := func(keys ...[]byte) *fleet.Fleet {
		f, err := fleet.Open(t.Context(), fleet.Config{URL: url, Namespace: space, Keys: keys, Lease: lease})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	late, early := join(older), join(bytes.Repeat([]byte("n"), 32), older)
	for round := range 5 {
		e := token(fmt.Sprint(round), "alice")
		put(t, late.Tokens(), e)
		eventually(t, "both serve it", func() bool { return has(late.Tokens(), e.Key) && has(early.Tokens(), e.Key) })
		if gone, err := early.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err != nil || len(gone) != 1 {
			t.Fatalf("Evict: %d, %v", len(gone), err)
		}
		if has(late.Tokens(), e.Key) {
			t.Errorf("round %d: it serves a revoked token", round)
		}
	}
	if err := late.HealthParts()[0].Check(t.Context()); err != nil {
		eventually(t, "it holds a lease", func() bool { return late.HealthParts()[0].Check(t.Context()) == nil })
	}
}
