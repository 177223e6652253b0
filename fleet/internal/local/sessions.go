package local

import (
	"context"
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
}

var (
	_ store.Store   = (*Sessions)(nil)
	_ store.Spender = (*Sessions)(nil)
)

// NewSessions returns the store of a fleet that goes on in an outage.
func NewSessions(s *sessions.Store, o *Outage) *Sessions { return &Sessions{Store: s, outage: o} }

// A revoked is what a pending revocation of sessions revokes: those of the name, or those of it that were issued by some time.
type revoked struct {
	name   string
	issued bool
}

// Revoke implements [revocation.Store].
func (s *Sessions) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	if !s.outage.on() {
		return s.Store.Revoke(ctx, name, ttl) //nolint:wrapcheck // a store of ours
	}
	return s.pend(revoked{name: name}, &item{write: func(ctx context.Context) error {
		return s.Store.Revoke(ctx, name, ttl) //nolint:wrapcheck // only whether there is one counts
	}})
}

// RevokeIssued implements [revocation.Store].
func (s *Sessions) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	if !s.outage.on() {
		return s.Store.RevokeIssued(ctx, name, until, ttl) //nolint:wrapcheck // a store of ours
	}
	what := revoked{name: name, issued: true}
	if before := s.outage.pending.find(what); before != nil && before.until.After(until) {
		until = before.until
	}
	return s.pend(what, &item{until: until, write: func(ctx context.Context) error {
		return s.Store.RevokeIssued(ctx, name, until, ttl) //nolint:wrapcheck // only whether there is one counts
	}})
}

func (s *Sessions) pend(what revoked, i *item) error {
	err := s.outage.pending.add(what, i)
	s.outage.member.ApplyHere(&member.Record{Session: what.name})
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
	for _, name := range session.Names {
		if s.outage.pending.find(revoked{name: name}) != nil {
			return true
		}
		if i := s.outage.pending.find(revoked{name, true}); i != nil && !session.IssuedAt.After(i.until) {
			return true
		}
	}
	return false
}
