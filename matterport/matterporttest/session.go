package matterporttest

import (
	"slices"
	"time"
)

// session is what a token is worth at Showcase for one model.
type session struct {
	fault string // why there is none; as in status.Reason
	left  time.Duration
}

// session judges a token for a model of an account. It may be an embed token, which is good for the
// models it was made for, or the access token of a grant, which is good for all models of its account.
func (s *Server) session(value, account, model string) session {
	now := s.now()
	s.mu.Lock()
	embed, isEmbed := s.embeds[value]
	s.mu.Unlock()
	if isEmbed {
		return session{fault: embed.fault(model, now), left: embed.ValidUntil.Sub(now)}
	}
	a, known := s.useAccess(value, now)
	if !known || a.account != account || !slices.Contains(a.scopes, viewDetails) {
		return session{fault: "not_available"}
	}
	return session{fault: a.fault, left: a.until.Sub(now)}
}

// fault is why the token does not open the model, if it does not.
func (t embedToken) fault(model string, now time.Time) string {
	switch {
	case !slices.Contains(t.Models, model):
		return "not_available"
	case t.deleted:
		return "revoked"
	case !t.live(now):
		return "expired"
	}
	return ""
}
