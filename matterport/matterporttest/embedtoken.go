package matterporttest

import (
	"cmp"
	"net/url"
	"slices"
	"time"
)

// Token is an embed token as the account's owner would see it.
type Token struct {
	Value      string
	Models     []string  // what it opens
	ValidUntil time.Time // UTC, whole seconds, on the emulated clock
}

// embedToken is a Token and what has become of it.
type embedToken struct {
	Token
	serial  int
	deleted bool
}

func (t embedToken) live(now time.Time) bool { return !t.deleted && now.Before(t.ValidUntil) }

// Live reports whether value is an embed token that has neither expired nor been deleted. It does not ask
// whether the token's models still exist.
func (s *Server) Live(value string) bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	token, ok := s.embeds[value]
	return ok && token.live(now)
}

// LiveTokens returns the embed tokens that have neither expired nor been deleted, oldest first.
func (s *Server) LiveTokens() []Token {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	var live []embedToken
	for _, token := range s.embeds {
		if token.live(now) {
			live = append(live, token)
		}
	}
	slices.SortFunc(live, func(a, b embedToken) int { return cmp.Compare(a.serial, b.serial) })
	tokens := make([]Token, len(live))
	for i, token := range live {
		tokens[i] = token.Token
		tokens[i].Models = slices.Clone(token.Models)
	}
	return tokens
}

// Deleted reports whether value is an embed token that deletePrivateModelEmbedToken has ended. Tokens
// that ended more than a day ago may have been forgotten.
func (s *Server) Deleted(value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.embeds[value].deleted
}

// mint makes an embed token for models, which exist. validUntil is sent in whole seconds; the token ends
// then and not a fraction later, so that both sides mean the same moment.
func (s *Server) mint(models []string, validFor time.Duration) Token {
	now := s.now()
	token := Token{
		Value:      newToken(),
		Models:     models,
		ValidUntil: now.Add(validFor).UTC().Truncate(time.Second),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.countMint(now)
	s.embeds[token.Value] = embedToken{Token: token, serial: s.minted}
	return token
}

// deleteToken ends an embed token and reports whether there was one to end: one that is unknown, has
// expired or was deleted before is gone already.
func (s *Server) deleteToken(value string) bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	token, ok := s.embeds[value]
	if !ok || !token.live(now) {
		return false
	}
	token.deleted = true
	s.embeds[value] = token
	return true
}

// link is the address that createPrivateModelEmbedLink returns, in exactly the guide's form.
func link(origin, model, token string) string {
	return origin + "/show?m=" + url.QueryEscape(model) + "&auth=" + url.QueryEscape("Bearer "+token)
}
