package matterporttest

import (
	"slices"
	"time"
)

// Grant is what an account's owner has allowed the OAuth application. It begins when the application
// redeems the code.
type Grant struct {
	Account   string // its ID
	Scopes    []string
	Begun     time.Time // on the emulated clock
	Refreshes int       // how often an access token was refreshed
	Revoked   bool      // withdrawn, or void because its code was redeemed twice
}

// ledger is what has become of the OAuth application's requests. Server.mu guards it.
type ledger struct {
	disabled bool     // the application, by DisableApp
	only     []string // what GrantOnly lets the owners agree to; nil: anything

	grants  []*Grant // oldest first
	codes   map[string]*code
	access  map[string]*accessToken
	refresh map[string]*refreshToken

	underWay map[string]int // refresh requests, by the token they bring
	overlaps int
}

func newLedger() ledger {
	return ledger{
		codes:    map[string]*code{},
		access:   map[string]*accessToken{},
		refresh:  map[string]*refreshToken{},
		underWay: map[string]int{},
	}
}

// Grants returns what owners have allowed, oldest first. What ended long ago may have been forgotten.
func (s *Server) Grants() []Grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	grants := make([]Grant, len(s.ledger.grants))
	for i, g := range s.ledger.grants {
		grants[i] = *g
		grants[i].Scopes = slices.Clone(g.Scopes)
	}
	return grants
}

// RevokeGrants withdraws all that the owner of the account has allowed so far, as the button on the
// account's page does. Access tokens end at once, and refreshing is an invalid_grant.
func (s *Server) RevokeGrants(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.ledger.grants {
		if g.Account == account {
			g.Revoked = true
		}
	}
	// What was agreed to and has not been redeemed yet is withdrawn as well.
	for value, c := range s.ledger.codes {
		if c.account == account && c.redeemed == nil {
			delete(s.ledger.codes, value)
		}
	}
}

// sweep forgets what ended before old, and grants of which nothing is left.
func (l *ledger) sweep(old time.Time) {
	left := map[*Grant]bool{}
	for value, c := range l.codes {
		if c.until.Before(old) {
			delete(l.codes, value)
		}
	}
	for value, t := range l.access {
		if t.until.Before(old) {
			delete(l.access, value)
			continue
		}
		left[t.grant] = true
	}
	for value, t := range l.refresh {
		if t.until.Before(old) {
			delete(l.refresh, value)
			continue
		}
		left[t.grant] = true
	}
	l.grants = slices.DeleteFunc(l.grants, func(g *Grant) bool { return !left[g] })
}
