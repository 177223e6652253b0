package member

import (
	"errors"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
)

// CutOff reports whether Redis does not answer this member, and has not for less than the limit. A password that is refused, or
// another key, is no outage.
func (m *Member) CutOff(limit time.Duration) bool {
	reached, problem := m.reached.Load(), m.Problem()
	return reached != nil && problem != nil && !m.Leased() && !redis.Fatal(problem) && !errors.Is(problem, vault.ErrOtherKey) &&
		time.Since(*reached) < limit
}

// Reached reports whether Redis has answered within the limit.
func (m *Member) Reached(limit time.Duration) bool {
	reached := m.reached.Load()
	return reached != nil && time.Since(*reached) < limit
}

// ApplyHere has this process, and no other, apply a revocation that could not be written. What was read or asked for before is older.
func (m *Member) ApplyHere(r *Record) {
	for _, cache := range m.caches {
		cache.Apply(r, m.Applied().Number+1)
	}
}

// An End is what this process remembers of the revocations of a name.
type End struct {
	Generation Position // zero if there is none
	Until      int64    // in Unix milliseconds
	HasUntil   bool
}

// Remembers returns what this process remembers of a name of sessions. It is all that counts for a session which began at the
// position, or ok is false.
func (m *Member) Remembers(name string, began Position) (end End, ok bool) {
	joined := m.joined.Load()
	if joined == nil || began.Epoch != joined.Epoch || began.Epoch != m.Applied().Epoch || began.Number < joined.Number {
		return End{}, false
	}
	m.memory.mu.Lock()
	defer m.memory.mu.Unlock()
	if m.memory.lossy {
		return End{}, false
	}
	e := m.memory.ends[subject{session: name}]
	return End{e.position, e.until, e.hasUntil}, true
}
