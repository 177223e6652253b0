package middleware

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/answer"
)

// loginRefusal is the certain answer that a login is refused. Its text is for the log; status and what
// the browser is told are apart from it.
type loginRefusal struct {
	status int
	code   string // as in RFC 6749 §4.1.2.1
	reason string
}

func (e *loginRefusal) Error() string { return "middleware: login refused: " + e.reason }

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
	errIDToken         = notVouchedFor("the ID token does not hold")
	errWrongNonce      = notVouchedFor("the ID token belongs to another login")
	errAuthTime        = notVouchedFor("the person has not signed in at the provider as recently as MaxAge asks for")
	errACR             = notVouchedFor("the person has not signed in at the provider in one of the ways that ACRValues asks for")
	errRequiredClaim   = notVouchedFor("the ID token does not say what RequireClaims asks for")
	errUserInfo        = notVouchedFor("userinfo speaks of somebody else")
	errTooManyGroups   = notVouchedFor("the session does not fit into a cookie: keep fewer groups with KeepGroup")
	errGroupOverage    = notVouchedFor("the groups do not fit into the token, and there is no ResolveGroups")
)

// providerRefusal is the provider's own answer that there is no code, with one of its error codes.
func providerRefusal(code string) error {
	switch code {
	case "server_error", "temporarily_unavailable":
		return fmt.Errorf("middleware: the provider answered %s", code)
	default:
		return notVouchedFor("the provider answered " + errorCode(code))
	}
}

// exchangeError tells a verdict of the token endpoint from its failure, without the text of either: it
// may repeat what was sent.
func exchangeError(err error) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		return fmt.Errorf("middleware: the token endpoint does not answer: %s", brief(err))
	}
	if answered.ErrorCode == "invalid_grant" {
		return errBadCode
	}
	return fmt.Errorf("middleware: the token endpoint answered %d %s", answered.Response.StatusCode, errorCode(answered.ErrorCode))
}

// errorCode is an OAuth error code as far as it can be one.
func errorCode(code string) string {
	if code == "" || len(code) > 64 || strings.ContainsFunc(code, notPrintableASCII) {
		return "without a usable error code"
	}
	return code
}

// refuse answers a login that did not succeed.
func (o *OIDC) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refused *loginRefusal
	var reason nobody
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &reason):
		refused = notVouchedFor(string(reason))
	default:
		o.refusal.answer(w, r, err)
		return
	}
	o.cfg.Logger.WarnContext(r.Context(), "login refused", slog.String("error", brief(err)))
	o.explain(w, r, refused)
}

// explain tells a person in a page, and anything else in JSON.
func (o *OIDC) explain(w http.ResponseWriter, r *http.Request, refused *loginRefusal) {
	text := "The sign-in could not be completed. Please try again."
	if refused.status == http.StatusForbidden {
		text = "You could not be signed in."
	}
	if !isNavigation(r) {
		answer.Error(w, refused.status, refused.code, text, answer.Member{Name: "login_url", Value: o.refusal.loginURL})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	w.WriteHeader(refused.status)
	_ = refusalPage.Execute(w, map[string]string{"Text": text, "Login": o.refusal.loginURL})
}

var refusalPage = template.Must(template.New("refusal").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in</title>
<main>
<h1>Sign in</h1>
<p role="alert">{{.Text}}</p>
<p><a href="{{.Login}}">Sign in again</a></p>
</main>
</html>
`))

// onlyMethod answers 405 to every other method.
func onlyMethod(method string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			answer.Error(w, http.StatusMethodNotAllowed, "invalid_request", "Only "+method+" is answered here.")
			return
		}
		h.ServeHTTP(w, r)
	})
}
