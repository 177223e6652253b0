package matterporttest

import (
	"mime"
	"net/http"
	"net/url"
)

// serveToken is the token endpoint, for all grants. Credentials are in the body (docs/matterport.md §1).
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	body, status := readBody(w, r)
	form, isForm := parseForm(r, body)
	defer s.beginRefresh(form)()
	s.attempt(w, r, tokenNames(form), body, func(w http.ResponseWriter) {
		switch {
		case status != http.StatusOK:
			writeOAuthError(w, status, "invalid_request")
		case !isForm:
			writeOAuthError(w, http.StatusBadRequest, "invalid_request")
		case r.Header.Get("Authorization") != "":
			writeOAuthError(w, http.StatusUnauthorized, "invalid_client")
		default:
			s.answerGrant(w, form)
		}
	})
}

// tokenNames are the operations that a request counts as.
func tokenNames(form url.Values) []string {
	switch grantType := form.Get("grant_type"); grantType {
	case "authorization_code", "refresh_token":
		return []string{"token", grantType, "*"}
	}
	return []string{"token", "*"}
}

func (s *Server) answerGrant(w http.ResponseWriter, form url.Values) {
	answer, fault := s.redeem(form)
	switch fault {
	case "":
		writeJSON(w, http.StatusOK, answer)
	case "invalid_client":
		writeOAuthError(w, http.StatusUnauthorized, fault)
	default:
		writeOAuthError(w, http.StatusBadRequest, fault)
	}
}

// redeem answers a request of any grant: with tokens, or with one of the codes of RFC 6749 §5.2.
func (s *Server) redeem(form url.Values) (answer map[string]any, fault string) {
	account, partner := s.clients(form)
	grantType := form.Get("grant_type")
	switch grantType {
	case "":
		return nil, "invalid_request"
	case "client_credentials", "authorization_code", "refresh_token":
	default:
		return nil, "unsupported_grant_type"
	}
	switch {
	case !account && !partner:
		return nil, "invalid_client"
	case grantType == "client_credentials" && account:
		return s.grantAppToken(), ""
	case grantType == "authorization_code" && partner:
		return s.exchange(form)
	case grantType == "refresh_token" && partner:
		return s.refresh(form)
	}
	return nil, "unauthorized_client"
}

// clients says whose credentials form has: the first account's, the OAuth application's, or, where both
// were configured alike, both. An application that is disabled has none.
func (s *Server) clients(form url.Values) (account, partner bool) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	account = s.knows(id, secret)
	partner = id == s.cfg.OAuth.ClientID && s.isOneOf(&s.oauthSecrets, secret)
	return account, partner && !s.disabled()
}

func (s *Server) disabled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.disabled
}

// parseForm reads a form from the body alone. Parameters must not repeat (RFC 6749 §3.2), and a secret in
// the request's URL is not looked at.
func parseForm(r *http.Request, body []byte) (url.Values, bool) {
	form, ok := parseBody(r, body)
	return form, ok && !repeats(form)
}

func parseBody(r *http.Request, body []byte) (url.Values, bool) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return nil, false
	}
	form, err := url.ParseQuery(string(body))
	return form, err == nil
}

// repeats says whether any parameter is there more than once.
func repeats(form url.Values) bool {
	for _, values := range form {
		if len(values) > 1 {
			return true
		}
	}
	return false
}
