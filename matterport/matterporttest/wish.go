package matterporttest

import (
	"errors"
	"net/url"
)

// wish is an authorize request: what the application asks an owner for, and where the answer goes.
type wish struct {
	form        url.Values // the request as it came
	target      *url.URL
	redirectURI string // as it was sent; empty where it was left out
	scopes      []string
	challenge   challenge
}

// Requests that are answered on a page of their own: to redirect the browser would let any site use this
// server to send it anywhere (RFC 6749 §4.1.2.1).
var (
	errUnknownClient = errors.New("there is no application with this client_id")
	errBadRedirect   = errors.New("redirect_uri is missing, or is not an address of the application")
	errRepeated      = errors.New("client_id or redirect_uri is there more than once")
)

// refusal is an answer that the browser carries to the application.
type refusal struct{ code, description string }

var (
	denied           = &refusal{"access_denied", "The owner of the account did not agree."}
	disabledApp      = &refusal{"unauthorized_client", "The application is disabled."}
	inDevelopment    = &refusal{"unauthorized_client", "The application is in Development Mode: its own account alone can authorize it."}
	repeated         = &refusal{"invalid_request", "A parameter is there more than once."}
	wrongType        = &refusal{"unsupported_response_type", "response_type must be code."}
	wrongScope       = &refusal{"invalid_scope", "scope is missing, or names something that the application may not ask for."}
	wrongChallenge   = &refusal{"invalid_request", "code_challenge is not one of the method S256 or plain."}
	nothingPermitted = &refusal{"access_denied", "The owner of the account agreed to nothing that was asked for."}
)

// readWish reads an authorize request. After an error, the browser must not be redirected. A refusal must be
// redirected to the application.
func (s *Server) readWish(form url.Values) (*wish, *refusal, error) {
	if len(form["client_id"]) > 1 || len(form["redirect_uri"]) > 1 {
		return nil, nil, errRepeated
	}
	app := s.cfg.OAuth
	if form.Get("client_id") != app.ClientID {
		return nil, nil, errUnknownClient
	}
	redirectURI := form.Get("redirect_uri")
	target, ok := app.redirectTarget(redirectURI)
	if !ok {
		return nil, nil, errBadRedirect
	}
	wish := &wish{form: form, target: target, redirectURI: redirectURI}
	return wish, s.readDetails(wish, form), nil
}

// readDetails reads the parameters whose faults the application is told of.
func (s *Server) readDetails(w *wish, form url.Values) *refusal {
	var scopesOK, challengeOK bool
	w.scopes, scopesOK = readScopes(form.Get("scope"), s.cfg.OAuth.Scopes)
	w.challenge, challengeOK = readChallenge(form)
	switch {
	case repeats(form):
		return repeated
	case s.disabled():
		return disabledApp
	case form.Get("response_type") != "code":
		return wrongType
	case !scopesOK:
		return wrongScope
	case !challengeOK && !s.cfg.IgnorePKCE:
		return wrongChallenge
	}
	return nil
}

// refuse returns the address that tells the application of a refusal.
func (s *Server) refuse(w *wish, r *refusal) string {
	return s.callback(w, url.Values{"error": {r.code}, "error_description": {r.description}})
}

// callback returns the address of an answer. state is echoed only where that was configured.
func (s *Server) callback(w *wish, answer url.Values) string {
	if state := w.form.Get("state"); state != "" && s.cfg.EchoState {
		answer.Set("state", state)
	}
	return extended(w.target, answer)
}
