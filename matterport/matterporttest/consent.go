package matterporttest

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// consent is what an owner decides about a wish.
type consent struct {
	allow   bool
	account string   // the owner's
	scopes  []string // of those asked for
}

// decide returns the address that the browser is sent to with the owner's decision. The account exists.
func (s *Server) decide(w *wish, c consent) string {
	granted := s.permitted(both(w.scopes, c.scopes))
	switch app := s.cfg.OAuth; {
	case !c.allow:
		return s.refuse(w, denied)
	case !app.Production && c.account != app.Owner:
		return s.refuse(w, inDevelopment)
	case len(granted) == 0:
		return s.refuse(w, nothingPermitted)
	}
	value := s.newCode(code{
		account:     c.account,
		asked:       w.scopes,
		granted:     granted,
		redirectURI: w.redirectURI,
		challenge:   w.challenge,
	})
	return s.callback(w, url.Values{"code": {value}})
}

// GrantOnly has owners agree to these scopes at most from now on, whatever is asked for and whatever they
// tick on the page. Without scopes they agree to anything again.
func (s *Server) GrantOnly(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.only = slices.Clone(scopes)
}

func (s *Server) permitted(scopes []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ledger.only) == 0 {
		return scopes
	}
	return both(scopes, s.ledger.only)
}

// Allow does what a browser does whose user opens the address of an authorize request, chooses an account
// and agrees to everything: it returns the address that the browser is sent to, which may well tell of an
// error. An empty account is the application's own. The error says why the browser would be sent nowhere.
// Failures are not considered, and calls not counted.
func (s *Server) Allow(authorizeURL, account string) (callbackURL string, err error) {
	return s.answerWish(authorizeURL, account, true)
}

// Deny is as [Server.Allow], with a user who does not agree.
func (s *Server) Deny(authorizeURL string) (callbackURL string, err error) {
	return s.answerWish(authorizeURL, "", false)
}

func (s *Server) answerWish(authorizeURL, account string, allow bool) (string, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil || !strings.HasSuffix(u.Path, "/oauth/authorize") {
		return "", errors.New("matterporttest: not the address of an authorize page")
	}
	form, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", errors.New("matterporttest: the query of the authorize page cannot be read")
	}
	wish, refusal, err := s.readWish(form)
	switch {
	case err != nil:
		return "", fmt.Errorf("matterporttest: %w", err)
	case refusal != nil:
		return s.refuse(wish, refusal), nil
	}
	if account == "" {
		account = s.cfg.OAuth.Owner
	}
	if _, ok := s.account(account); !ok {
		return "", fmt.Errorf("matterporttest: there is no account %q", account)
	}
	return s.decide(wish, consent{allow: allow, account: account, scopes: wish.scopes}), nil
}
