package matterporttest

import (
	"net/url"
	"time"
)

// codeLife is how long a code may be redeemed: RFC 6749 §4.1.2 recommends ten minutes at most.
const codeLife = 10 * time.Minute

// code is an authorization code: an owner has agreed, and the application has yet to redeem it.
type code struct {
	until          time.Time
	account        string
	asked, granted []string
	redirectURI    string // as in the authorize request; empty where it was left out
	challenge      challenge
	redeemed       *Grant // what it was redeemed for; nil before that
}

func (s *Server) newCode(c code) string {
	now := s.now()
	value := newToken()
	c.until = now.Add(codeLife)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.countMint(now)
	s.ledger.codes[value] = &c
	return value
}

// exchange is the authorization_code grant (RFC 6749 §4.1.3), to which Matterport adds scope, which is
// required, and expires_in. The redirect_uri is that of the authorize request, to the letter, and left
// out where that one left it out.
func (s *Server) exchange(form url.Values) (answer map[string]any, fault string) {
	asked, known := readScopes(form.Get("scope"), s.cfg.OAuth.Scopes)
	life, ok := s.cfg.OAuth.accessLife(form)
	switch {
	case form.Get("code") == "", form.Get("scope") == "", !ok:
		return nil, "invalid_request"
	case !known:
		return nil, "invalid_scope"
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.ledger.codes[form.Get("code")]
	if !s.redeemable(c, form, now) {
		return nil, "invalid_grant"
	}
	scopes := both(c.granted, asked)
	if len(both(asked, c.asked)) < len(asked) || len(scopes) == 0 {
		return nil, "invalid_scope"
	}
	g := &Grant{Account: c.account, Scopes: scopes, Begun: now}
	c.redeemed = g
	s.ledger.grants = append(s.ledger.grants, g)
	value, refresh := s.newRefreshToken(g, now)
	return s.handOut(accessToken{grant: g, scopes: scopes, beside: refresh}, value, life, now), ""
}

// redeemable says whether c, which is nil where the code is unknown, may be redeemed with form. A second
// use also voids what came of the first (RFC 6749 §4.1.2). It needs s.mu.
func (s *Server) redeemable(c *code, form url.Values, now time.Time) bool {
	if c == nil {
		return false
	}
	if c.redeemed != nil {
		c.redeemed.Revoked = true
		return false
	}
	return now.Before(c.until) && c.redirectURI == form.Get("redirect_uri") &&
		(s.cfg.IgnorePKCE || c.challenge.metBy(form.Get("code_verifier")))
}
