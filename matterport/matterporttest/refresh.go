package matterporttest

import (
	"net/url"
	"time"
)

// The life of a refresh token, and the age from which the next refresh replaces it (docs/matterport.md §5).
const (
	refreshLife = 30 * 24 * time.Hour
	rotateAfter = 24 * time.Hour
)

// refreshToken is what an application gets further access tokens with.
//
// When it is replaced, its successor waits for the first sign that the answer has arrived: that it is
// used, or the access token beside it. Until then the older token stays good, unless rotation is strict.
// A client that uses it again gets another successor, and the one that waited is discarded, because two
// that both counted would let a client that refreshes twice at once get away with it.
type refreshToken struct {
	grant         *Grant
	issued, until time.Time

	replaces  *refreshToken // what ends at the first use of this one; nil afterwards
	successor *refreshToken // the newest that was handed out in its place

	superseded bool // its successor is in use
	discarded  bool // it never was used, and another has been handed out in its place
}

func (t *refreshToken) live(now time.Time) bool {
	return !t.grant.Revoked && !t.superseded && !t.discarded && now.Before(t.until)
}

// settle revokes the tokens that t replaces, as a client uses t or the access token beside it.
func (t *refreshToken) settle() {
	if t.replaces != nil {
		t.replaces.superseded = true
		t.replaces = nil
	}
}

// newRefreshToken needs s.mu.
func (s *Server) newRefreshToken(g *Grant, now time.Time) (value string, t *refreshToken) {
	value = newToken()
	t = &refreshToken{grant: g, issued: now, until: now.Add(refreshLife)}
	s.ledger.refresh[value] = t
	return value, t
}

// refresh is the refresh_token grant (RFC 6749 §6). The answer holds a refresh token only where it
// replaces the one that was used.
func (s *Server) refresh(form url.Values) (answer map[string]any, fault string) {
	life, ok := s.cfg.OAuth.accessLife(form)
	if form.Get("refresh_token") == "" || !ok {
		return nil, "invalid_request"
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ledger.refresh[form.Get("refresh_token")]
	if t == nil || !t.live(now) {
		return nil, "invalid_grant"
	}
	access := accessToken{grant: t.grant, scopes: t.grant.Scopes}
	if text := form.Get("scope"); text != "" {
		if access.scopes, ok = readScopes(text, t.grant.Scopes); !ok {
			return nil, "invalid_scope"
		}
	}
	t.settle()
	t.grant.Refreshes++
	var next string
	if now.Sub(t.issued) >= rotateAfter {
		next, access.beside = s.rotate(t, now)
	}
	return s.handOut(access, next, life, now), ""
}

// rotate hands out a successor of t. It needs s.mu.
func (s *Server) rotate(t *refreshToken, now time.Time) (value string, next *refreshToken) {
	if t.successor != nil {
		t.successor.discarded = true
	}
	value, next = s.newRefreshToken(t.grant, now)
	t.successor, next.replaces = next, t
	if s.cfg.StrictRotation {
		next.settle()
	}
	return value, next
}

// RefreshTokenLive reports whether value is a refresh token that can be used. It does not ask whether the
// application is disabled.
func (s *Server) RefreshTokenLive(value string) bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.ledger.refresh[value]
	return ok && t.live(now)
}

// OverlappingRefreshes returns how many refresh requests have begun while another with the same refresh
// token was under way, which must not happen (docs/matterport.md §5). A request is under way from when it has
// been read until it is answered, the time included for which a [Failure] holds it.
func (s *Server) OverlappingRefreshes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.overlaps
}

// beginRefresh notes that a request of the token endpoint has begun. The function that it returns notes
// the end.
func (s *Server) beginRefresh(form url.Values) (end func()) {
	value := form.Get("refresh_token")
	if form.Get("grant_type") != "refresh_token" || value == "" {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ledger.underWay[value] > 0 {
		s.ledger.overlaps++
	}
	s.ledger.underWay[value]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ledger.underWay[value]--
		if s.ledger.underWay[value] == 0 {
			delete(s.ledger.underWay, value)
		}
	}
}
