//go:build unix

package redistest_test

import (
	"testing"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestFailoverLosesWhatWasNotReplicated(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	set(t, s.Primary(t), "replicated")
	awaitValue(t, s.Replica(t), "replicated")
	s.CutReplication(t)
	set(t, s.Primary(t), "lost")
	if got := get(t, s.AwaitPrimary(t, s.KillPrimary(t)), "key"); got != "replicated" {
		t.Errorf("the new primary holds %q", got)
	}
}

func TestIsolatedPrimaryGoesOn(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t, redistest.WithPassword("secret"))
	old := s.IsolatePrimary(t)
	next := s.AwaitPrimary(t, old)
	set(t, old, "old")
	set(t, next, "new")
	if get(t, old, "key") != "old" || get(t, next, "key") != "new" {
		t.Error("there are not two primaries")
	}
	s.Rejoin(t, old)
	s.AwaitReplication(t)
	awaitValue(t, old, "new")
}
