package matterporttest

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"mime"
	"net/http"
	"net/url"
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

// serveToken is the token endpoint. Only the client credentials grant is known, with the credentials in
// the body (MATTERPORT.md §1).
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	body, status := readBody(w, r)
	s.attempt(w, r, []string{"token", "*"}, body, func(w http.ResponseWriter) {
		if status != http.StatusOK {
			writeOAuthError(w, status, "invalid_request")
			return
		}
		s.grant(w, r, body)
	})
}

func (s *Server) grant(w http.ResponseWriter, r *http.Request, body []byte) {
	form, ok := parseForm(r, body)
	switch {
	case !ok:
		writeOAuthError(w, http.StatusBadRequest, "invalid_request")
	case r.Header.Get("Authorization") != "":
		writeOAuthError(w, http.StatusUnauthorized, "invalid_client")
	case form.Get("grant_type") == "":
		writeOAuthError(w, http.StatusBadRequest, "invalid_request")
	case form.Get("grant_type") != "client_credentials":
		writeOAuthError(w, http.StatusBadRequest, "unsupported_grant_type")
	case form.Get("client_id") != s.cfg.ClientID || form.Get("client_secret") != s.cfg.ClientSecret:
		writeOAuthError(w, http.StatusUnauthorized, "invalid_client")
	default:
		writeJSON(w, http.StatusOK, map[string]any{
			"access_token": s.newAppToken(),
			"token_type":   "Bearer",
			"expires_in":   int64(s.cfg.AppTokenLife / time.Second),
			"scope":        "ViewPublic ViewDetails",
		})
	}
}

// parseForm reads a form from the body alone. Parameters must not repeat (RFC 6749 §3.2), and a secret in
// the request's URL is not looked at.
func parseForm(r *http.Request, body []byte) (url.Values, bool) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return nil, false
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, false
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, false
		}
	}
	return form, true
}

func (s *Server) newAppToken() string {
	now := s.now()
	value := newToken()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.minted++
	if s.minted%sweepEvery == 0 {
		s.sweep(now)
	}
	s.apps[value] = appToken{until: now.Add(s.cfg.AppTokenLife)}
	return value
}

// checkApp says whether value is an application token that was handed out, and whether it still works.
func (s *Server) checkApp(value string) (known, live bool) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	token, known := s.apps[value]
	return known, known && !token.expired && now.Before(token.until)
}

// sweep forgets tokens that ended long ago, so that a demonstration may run for weeks. It needs s.mu.
func (s *Server) sweep(now time.Time) {
	old := now.Add(-remembered)
	maps.DeleteFunc(s.apps, func(_ string, t appToken) bool { return t.until.Before(old) })
	maps.DeleteFunc(s.embeds, func(_ string, t embedToken) bool { return t.ValidUntil.Before(old) })
}
