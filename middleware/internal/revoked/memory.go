// Package revoked keeps revocations of sessions in this process.
package revoked

import (
	"context"
	"crypto/rand"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
)

// purged is how many revocations each new one looks at, to drop those that have expired. More than one, so
// that expired ones do not pile up; few, so that the call stays short.
const purged = 16

// never is a time in Unix milliseconds that no session was issued at.
const never = math.MinInt64

// A Memory implements [revocation.Store]. Its methods never fail. It runs no goroutine.
type Memory struct {
	now   func() time.Time
	epoch string // begins every position of this Memory, and of no other

	mu      sync.RWMutex // guards what follows
	revokes uint64       // how often Revoke has been called
	names   map[string]end
}

// An end is what has been revoked of a name.
type end struct {
	until   int64  // sessions issued then or before, in Unix milliseconds; or never
	revoke  uint64 // sessions that began before that call of Revoke; 0 is none
	expires time.Time
}

// New returns an empty Memory on that clock.
func New(now func() time.Time) *Memory {
	epoch := rand.Text()[:13] // 65 bits: short, as every cookie has it
	return &Memory{now: now, epoch: epoch + ".", names: make(map[string]end)}
}

// Position implements [revocation.Store].
func (m *Memory) Position(context.Context) (string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.epoch + strconv.FormatUint(m.revokes, 10), nil
}

// Revoke implements [revocation.Store].
func (m *Memory) Revoke(_ context.Context, name string, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.revokes++
	m.add(name, end{until: never, revoke: m.revokes}, ttl)
	return nil
}

// RevokeIssued implements [revocation.Store].
func (m *Memory) RevokeIssued(_ context.Context, name string, until time.Time, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(name, end{until: until.UnixMilli()}, ttl)
	return nil
}

// add adds e to what has been revoked of the name. It needs mu.
func (m *Memory) add(name string, e end, ttl time.Duration) {
	now := m.now()
	m.purge(now)
	e.expires = now.Add(ttl)
	if old, ok := m.names[name]; ok && now.Before(old.expires) {
		e.until, e.revoke = max(e.until, old.until), max(e.revoke, old.revoke)
		if old.expires.After(e.expires) {
			e.expires = old.expires
		}
	}
	m.names[name] = e
}

// purge looks at some revocations, others each time, and drops those that have expired. It needs mu.
func (m *Memory) purge(now time.Time) {
	looked := 0
	for name, e := range m.names {
		if !now.Before(e.expires) {
			delete(m.names, name)
		}
		if looked++; looked == purged {
			return
		}
	}
}

// Revoked implements [revocation.Store].
func (m *Memory) Revoked(_ context.Context, s revocation.Session) (bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, name := range s.Names {
		// Usually there is none, which takes neither a time nor a look at the position.
		if e, ok := m.names[name]; ok && m.revokedBy(e, &s) {
			return true, nil
		}
	}
	return false, nil
}

// revokedBy needs mu.
func (m *Memory) revokedBy(e end, s *revocation.Session) bool {
	if !m.now().Before(e.expires) {
		return false
	}
	return s.IssuedAt.UnixMilli() <= e.until || m.call(s.Position) < e.revoke
}

// call returns how often Revoke had been called at the position, or 0 if m does not know it. It needs mu.
func (m *Memory) call(position string) uint64 {
	number, ok := strings.CutPrefix(position, m.epoch)
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n > m.revokes {
		return 0
	}
	return n
}
