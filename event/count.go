package event

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// mostCounters bounds the pairs of kinds and reasons that are counted apart.
const mostCounters = 200

// Other is the reason under which events are counted that have too many different reasons.
const Other = "other"

// A Count is how many events of one kind and reason there were.
type Count struct {
	Kind   Kind
	Reason string
	Events int64
}

type counted struct {
	kind   Kind
	reason string
}

// counters count events, whether anyone listens or not. The zero value is ready.
type counters struct {
	all  sync.Map // of counted to *atomic.Int64
	mu   sync.Mutex
	size int
}

// of returns the counter of a kind and a reason.
func (c *counters) of(kind Kind, reason string) *atomic.Int64 {
	key := counted{kind, reason}
	if n, ok := c.all.Load(key); ok {
		return n.(*atomic.Int64) //nolint:forcetypeassert // nothing else is in it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size >= mostCounters {
		key.reason = Other
	}
	n, known := c.all.LoadOrStore(key, new(atomic.Int64))
	if !known {
		c.size++
	}
	return n.(*atomic.Int64) //nolint:forcetypeassert // nothing else is in it
}

// Counter returns the counter of the events of one kind and reason, for a place that is too busy to make an event that
// reaches no one: it adds one instead. [Stream.Emit] counts by itself.
func (s *Stream) Counter(kind Kind, reason string) *atomic.Int64 { return s.counters.of(kind, reason) }

// Counts returns how many events of each kind and reason there were, those that reached no one too, in the order of
// kinds and reasons. There are at most some 200 pairs; further reasons are counted as [Other].
func (s *Stream) Counts() []Count {
	var all []Count
	for key, n := range mapOf(&s.counters.all) {
		all = append(all, Count{Kind: key.kind, Reason: key.reason, Events: n.Load()})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

// Dropped returns how many events did not reach a listener that was too slow.
func (s *Stream) Dropped() int64 {
	var n int64
	for _, q := range s.queues {
		n += q.lost.Load()
	}
	return n
}

func mapOf(m *sync.Map) iter.Seq2[counted, *atomic.Int64] {
	return func(yield func(counted, *atomic.Int64) bool) {
		m.Range(func(key, n any) bool {
			return yield(key.(counted), n.(*atomic.Int64)) //nolint:forcetypeassert // nothing else is in it
		})
	}
}
