package audit

import (
	"context"

	"github.com/go-pme/pme/health"
)

// The states of a trail. Unauthenticated probes show them.
const (
	healthSink = health.Degraded("an audit sink fails")
	healthLost = health.Degraded("audit records were lost within the last hour")
)

// HealthParts implements [health.Reporter]. Add them to Config.Health of package pme, so that an outage of the trail
// shows there, and is an event when it begins and ends.
func (t *Trail) HealthParts() []health.Part {
	return []health.Part{{Name: "audit", Check: t.check}}
}

func (t *Trail) check(ctx context.Context) error {
	for _, w := range t.writers {
		if err := w.condition.Check(ctx); err != nil {
			return err
		}
	}
	if at := t.lossSeen.Load(); at != 0 && t.now().UnixNano()-at < int64(anchorEvery) {
		return healthLost
	}
	return nil
}

// Stats are the counts of a trail since it began, over all sinks.
type Stats struct {
	Stored  int64 // records that a sink has stored
	Lost    int64 // records that a sink did not get, because too many waited
	Waiting int64 // records that are queued now
}

// Stats returns the counts.
func (t *Trail) Stats() (s Stats) {
	for _, w := range t.writers {
		s.Stored += w.stored.Load()
		s.Lost += w.lostInAll.Load()
		s.Waiting += int64(len(w.queue))
	}
	return s
}
