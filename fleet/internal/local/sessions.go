package local

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/sessions"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// Sessions is the fleet's store of logins. While Redis does not answer, it judges by what this process remembers.
type Sessions struct {
	*sessions.Store
	outage *Outage

	mu     sync.Mutex           // guards what follows
	ended  map[string]bool      // names whose sessions have all ended
	issued map[string]time.Time // until when sessions were issued that have ended
}

var _ store.Store = (*Sessions)(nil)

// NewSessions returns the store of a fleet that goes on in an outage.
func NewSessions(s *sessions.Store, o *Outage) *Sessions {
	return &Sessions{Store: s, outage: o, ended: make(map[string]bool), issued: make(map[string]time.Time)}
}

// A revoked is a pending revocation of sessions.
type revoked struct {
	name   string
	issued bool
}

// Revoke implements [revocation.Store].
func (s *Sessions) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	if !s.outage.on() {
		return s.Store.Revoke(ctx, name, ttl) //nolint:wrapcheck // a store of ours
	}
	s.mu.Lock()
	s.ended[name] = true
	s.mu.Unlock()
	s.outage.member.ApplyHere(&member.Record{Session: name})
	err := s.outage.pend(revoked{name: name}, func(ctx context.Context) error {
		if err := s.Store.Revoke(ctx, name, ttl); err != nil {
			return err //nolint:wrapcheck // as above
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ended, name)
		return nil
	})
	if errors.Is(err, errTooMany) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ended, name)
	}
	return err
}

// RevokeIssued implements [revocation.Store].
func (s *Sessions) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	if !s.outage.on() {
		return s.Store.RevokeIssued(ctx, name, until, ttl) //nolint:wrapcheck // a store of ours
	}
	s.mu.Lock()
	if until.After(s.issued[name]) {
		s.issued[name] = until
	}
	s.mu.Unlock()
	s.outage.member.ApplyHere(&member.Record{Session: name})
	err := s.outage.pend(revoked{name, true}, func(ctx context.Context) error {
		s.mu.Lock()
		latest := s.issued[name]
		s.mu.Unlock()
		if err := s.Store.RevokeIssued(ctx, name, latest, ttl); err != nil {
			return err //nolint:wrapcheck // as above
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.issued[name].Equal(latest) {
			delete(s.issued, name)
		}
		return nil
	})
	if errors.Is(err, errTooMany) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.issued, name)
	}
	return err
}

// Revoked implements [revocation.Store].
func (s *Sessions) Revoked(ctx context.Context, session revocation.Session) (bool, error) {
	switch {
	case !s.outage.on():
		return s.Store.Revoked(ctx, session) //nolint:wrapcheck // a store of ours
	case s.isPending(&session):
		return true, nil
	case s.outage.member.Leased():
		return s.Store.Revoked(ctx, session) //nolint:wrapcheck // as above
	}
	return s.RevokedHere(session) //nolint:wrapcheck // as above
}

// isPending reports whether the session has ended in this process.
func (s *Sessions) isPending(session *revocation.Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range session.Names {
		until, ok := s.issued[name]
		if s.ended[name] || ok && !session.IssuedAt.After(until) {
			return true
		}
	}
	return false
}
