package matterporttest

import (
	"net/url"
	"time"
)

// accessToken is what an application uses an account with, for a while.
type accessToken struct {
	grant  *Grant
	scopes []string
	until  time.Time
	ended  bool          // by ExpireAccessTokens, whatever the clock says
	beside *refreshToken // the one that came in the same answer; nil where none did
}

// fault is why the token opens nothing: "revoked", "expired" or nothing at all.
func (t *accessToken) fault(now time.Time) string {
	switch {
	case t.grant.Revoked, t.beside != nil && t.beside.discarded:
		return "revoked"
	case t.ended, !now.Before(t.until):
		return "expired"
	}
	return ""
}

// ExpireAccessTokens ends every access token that was handed out to the OAuth application so far. Its
// refresh tokens stay good.
func (s *Server) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.ledger.access {
		t.ended = true
	}
}

// access is the meaning of a presented token.
type access struct {
	account string
	scopes  []string
	until   time.Time
	fault   string // as of accessToken.fault
}

// useAccess looks up an access token that a client presents. The first use of a good one shows that its
// answer has arrived.
func (s *Server) useAccess(value string, now time.Time) (a access, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.ledger.access[value]
	if !known {
		return access{}, false
	}
	a = access{account: t.grant.Account, scopes: t.scopes, until: t.until, fault: t.fault(now)}
	if s.ledger.disabled {
		a.fault = "revoked"
	}
	if a.fault == "" && t.beside != nil {
		t.beside.settle()
	}
	return a, true
}

// accessLife is how long the access token shall live that form asks for: expires_in is a duration's text,
// and cannot exceed what is set for the application (docs/matterport.md §5).
func (app OAuthApp) accessLife(form url.Values) (life time.Duration, ok bool) {
	text := form.Get("expires_in")
	if text == "" {
		return app.AccessTokenLife, true
	}
	life, err := parseValidFor(text)
	return min(life, app.AccessTokenLife), err == nil
}

// handOut makes an access token, and the answer that holds it and the refresh token, if there is one.
// It needs s.mu.
func (s *Server) handOut(t accessToken, refresh string, life time.Duration, now time.Time) map[string]any {
	s.countMint(now)
	value := newToken()
	t.until = now.Add(life)
	s.ledger.access[value] = &t
	answer := map[string]any{
		"access_token": value,
		"token_type":   "Bearer",
		"expires_in":   int64(life / time.Second),
		"scope":        joinScopes(t.scopes),
	}
	if refresh != "" {
		answer["refresh_token"] = refresh
	}
	return answer
}
