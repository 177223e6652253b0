package matterporttest

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"time"
)

// appToken is an application token: the account's, not a visitor's.
type appToken struct {
	until   time.Time
	expired bool // by ExpireAppTokens, whatever the clock says
}

// remembered is how long a token that has ended is still told apart from one that never was.
const remembered = 24 * time.Hour

// sweepEvery is how many mints pass between two looks for tokens to forget.
const sweepEvery = 1024

// newToken returns 32 random bytes in 43 URL-safe characters.
func newToken() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// ExpireAppTokens ends every application token handed out so far. The Model API answers them with 400 and
// {"error":"invalid_grant"}, as it documents.
func (s *Server) ExpireAppTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for value, token := range s.apps {
		token.expired = true
		s.apps[value] = token
	}
}

// grantAppToken is the client_credentials grant.
func (s *Server) grantAppToken() map[string]any {
	return map[string]any{
		"access_token": s.newAppToken(),
		"token_type":   "Bearer",
		"expires_in":   int64(s.cfg.AppTokenLife / time.Second),
		"scope":        "ViewPublic ViewDetails",
	}
}

func (s *Server) newAppToken() string {
	now := s.now()
	value := newToken()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.countMint(now)
	s.apps[value] = appToken{until: now.Add(s.cfg.AppTokenLife)}
	return value
}

// checkApp says whether value is an application token that was handed out, and whether it still works.
func (s *Server) checkApp(value string, now time.Time) (known, live bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, known := s.apps[value]
	return known, known && !token.expired && now.Before(token.until)
}

// countMint counts what is handed out, and forgets from time to time what ended long ago, so that a
// demonstration may run for weeks. It needs s.mu.
func (s *Server) countMint(now time.Time) {
	s.minted++
	if s.minted%sweepEvery != 0 {
		return
	}
	old := now.Add(-remembered)
	maps.DeleteFunc(s.apps, func(_ string, t appToken) bool { return t.until.Before(old) })
	maps.DeleteFunc(s.embeds, func(_ string, t embedToken) bool { return t.ValidUntil.Before(old) })
	s.ledger.sweep(old)
}
