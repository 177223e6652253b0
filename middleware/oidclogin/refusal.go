package oidclogin

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/middleware"
)

// A loginRefusal is the error of a login that was judged and is refused. Its text is for the log only; the
// browser gets status and code.
type loginRefusal struct {
	status int
	code   string // as in RFC 6749 §4.1.2.1
	reason string
}

func (e *loginRefusal) Error() string { return "oidclogin: login refused: " + e.reason }

func badCallback(reason string) *loginRefusal {
	return &loginRefusal{http.StatusBadRequest, "invalid_request", reason}
}

func notVouchedFor(reason string) *loginRefusal {
	return &loginRefusal{http.StatusForbidden, "access_denied", reason}
}

var (
	errForeignCallback = badCallback("the callback belongs to no login of this browser")
	errForeignIss      = badCallback("iss is missing or that of another provider")
	errBadCode         = badCallback("the provider does not accept the code")
	errUsedAttempt     = badCallback("the login was finished before")
	errNoIDToken       = notVouchedFor("the provider sent no ID token")
	errIDToken         = notVouchedFor("the ID token is not accepted")
	errWrongNonce      = notVouchedFor("the ID token belongs to another login")
	errAuthTime        = notVouchedFor("the user has not signed in at the provider as recently as MaxAge asks for")
	errACR             = notVouchedFor("the user has not signed in at the provider in one of the ways that ACRValues asks for")
	errRequiredClaim   = notVouchedFor("the ID token does not say what RequireClaims asks for")
	errUserInfo        = notVouchedFor("userinfo is about another user")
	errTooManyGroups   = notVouchedFor("the session does not fit into a cookie: keep fewer groups with KeepGroup")
	errGroupOverage    = notVouchedFor("the groups do not fit into the token, and there is no ResolveGroups")
)

// providerRefusal returns the error for an answer of the provider that has an error code and no login code.
func providerRefusal(code string) error {
	switch code {
	case "server_error", "temporarily_unavailable":
		return fmt.Errorf("oidclogin: the provider answered %s", code)
	default:
		return notVouchedFor("the provider answered " + errorCode(code))
	}
}

// exchangeError tells a refusal of the token endpoint from its failure. It quotes neither, as the text may
// repeat what was sent.
func exchangeError(err error) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		return fmt.Errorf("oidclogin: the token endpoint does not answer: %s", provider.Brief(err))
	}
	if answered.ErrorCode == "invalid_grant" {
		return errBadCode
	}
	return fmt.Errorf("oidclogin: the token endpoint answered %d %s", answered.Response.StatusCode, errorCode(answered.ErrorCode))
}

// errorCode returns an OAuth error code if it can be one.
func errorCode(code string) string {
	if code == "" || len(code) > 64 || strings.ContainsFunc(code, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "without a usable error code"
	}
	return code
}

// refuse answers a login that did not succeed.
func (e *endpoints) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refused *loginRefusal
	switch {
	case errors.As(err, &refused):
	case errors.Is(err, middleware.ErrNotSignedIn):
		refused = notVouchedFor(err.Error())
	default:
		e.gate.Refuse(w, r, err)
		return
	}
	e.cfg.Events.Emit(event.Context(r), event.Event{
		Kind: event.SignInRefused, Level: slog.LevelWarn, Reason: refused.code, Detail: provider.Brief(err),
	})
	e.explain(w, r, refused)
}

// explain answers page requests with a page, and others in JSON.
func (e *endpoints) explain(w http.ResponseWriter, r *http.Request, refused *loginRefusal) {
	text := "The sign-in could not be completed. Please try again."
	if refused.status == http.StatusForbidden {
		text = "You could not be signed in."
	}
	if !answer.IsNavigation(r) {
		answer.Error(w, refused.status, refused.code, text, answer.Member{Name: "login_url", Value: e.loginURL})
		return
	}
	showRefusal(w, refused.status, map[string]string{"Title": "Sign in", "Text": text, "Login": e.loginURL})
}

// explainForeign refuses a sign-out that seems to come from a page of another site.
func (e *endpoints) explainForeign(w http.ResponseWriter, r *http.Request, err error) {
	e.cfg.Events.Emit(event.Context(r), event.Event{
		Kind: event.RequestRefused, Level: slog.LevelWarn, Reason: sameorigin.Reason, Detail: err.Error(),
	})
	if !answer.WantsPage(r) {
		sameorigin.Refusal.Write(w)
		return
	}
	showRefusal(w, sameorigin.Refusal.Status, map[string]string{"Title": "Sign out", "Text": sameorigin.Refusal.Text})
}

func showRefusal(w http.ResponseWriter, status int, words map[string]string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	w.WriteHeader(status)
	_ = refusalPage.Execute(w, words)
}

var refusalPage = template.Must(template.New("refusal").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<main>
<h1>{{.Title}}</h1>
<p role="alert">{{.Text}}</p>
{{with .Login}}<p><a href="{{.}}">Sign in again</a></p>
{{end}}</main>
</html>
`))
