package oidclogin

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin/internal/oautherror"
)

// A loginRefusal is the error of a login that was judged and is refused. Its text is for the log only; the
// browser gets status and code.
type loginRefusal struct {
	status int
	code   string // as in RFC 6749 §4.1.2.1
	reason string
}

func (e *loginRefusal) Error() string { return "oidclogin: login refused: " + e.reason }

// text is for the browser.
func (e *loginRefusal) text() string {
	switch e.status {
	case http.StatusForbidden:
		return "You could not be signed in."
	case http.StatusBadGateway:
		return "Signing in does not work at present. Please tell the people who run this site."
	}
	return "The sign-in could not be completed. Please try again."
}

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
	errTooManyGroups   = notVouchedFor("the user is in more groups than a session holds: keep fewer with KeepGroup")
	errTooLong         = notVouchedFor("the session does not fit into a cookie, even without its groups: a claim is too long")
	errGroupOverage    = notVouchedFor("the groups do not fit into the token, and there is no ResolveGroups")
)

// A setupError is an error that lasts until an operator changes something, here or at the provider. It is no
// decision about a user: a session goes on.
type setupError struct{ reason string }

func (e *setupError) Error() string { return "oidclogin: " + e.reason }

// refusal is what the browser is told of e.
func (e *setupError) refusal() *loginRefusal {
	return &loginRefusal{http.StatusBadGateway, "upstream_error", e.reason}
}

// providerError returns the error for an error answer of the provider that came to the callback or, with a status,
// from the token endpoint.
func providerError(answered *oautherror.Error) error {
	from := "the provider"
	if answered.Status != 0 {
		from = "the token endpoint"
	}
	switch answered.Kind {
	case oautherror.OfUser:
		return notVouchedFor(fmt.Sprintf("%s answered %s", from, answered))
	case oautherror.OfGrant:
		return fmt.Errorf("%w: %w", errBadCode, answered)
	case oautherror.Lasting:
		return &setupError{fmt.Sprintf("%s refuses the application, %s: %s", from, remedy(answered.Code), answered)}
	default:
		return fmt.Errorf("oidclogin: %s answered %w", from, answered)
	}
}

// remedy says what the operator can look at.
func remedy(code string) string {
	switch code {
	case "invalid_scope":
		return "check Scopes"
	case "redirect_uri_mismatch", "invalid_redirect_uri":
		return "check that RedirectURL is registered at the provider as it is written here"
	case "invalid_client", "unauthorized_client":
		return "check ClientID, ClientSecret and TokenEndpointAuthMethod, and that the secret has not expired"
	}
	return "check how the application is registered at the provider"
}

// tokenError tells a refusal of the token endpoint from its failure. It is scrubbed of the secrets that were sent.
func (c *party) tokenError(err error, secrets ...string) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		return fmt.Errorf("oidclogin: the token endpoint does not answer: %s", provider.Brief(err))
	}
	return providerError(oautherror.OfTokenEndpoint(answered, append(secrets, c.credentials()...)...))
}

// refuse answers a login that did not succeed and would have led back to there, if that is known.
func (e *endpoints) refuse(w http.ResponseWriter, r *http.Request, back string, err error) {
	var (
		refused *loginRefusal
		setup   *setupError
	)
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &setup):
		refused = setup.refusal()
	case errors.Is(err, middleware.ErrNotSignedIn):
		refused = notVouchedFor(err.Error())
	default:
		e.gate.Refuse(w, r, err)
		return
	}
	if r.Method != http.MethodHead { // which signs no one in
		e.tellRefused(r, refused, err)
	}
	e.explain(w, r, back, refused)
}

// tellRefused emits the event of a refused login. Anyone can open the callback, as often as they like: if one address has had many
// events, there is one a minute, which counts the others.
func (e *endpoints) tellRefused(r *http.Request, refused *loginRefusal, err error) {
	address, _ := e.cfg.Events.Client(event.Context(r))
	count := e.limits.floods.Note(budget.Address(address))
	if count == 0 {
		e.cfg.Events.Counter(event.SignInRefused, refused.code).Add(1)
		return
	}
	if count == 1 {
		count = 0
	}
	e.cfg.Events.Emit(event.Context(r), event.Event{
		Kind: event.SignInRefused, Level: slog.LevelWarn, Reason: refused.code, Detail: err.Error(), Count: count,
	})
}

// explain answers people with a page, and others in JSON. Both name the login that leads back to there.
func (e *endpoints) explain(w http.ResponseWriter, r *http.Request, back string, refused *loginRefusal) {
	e.show(w, r, answer.Refusal{Status: refused.status, Code: refused.code, Text: refused.text()}, e.loginTo(back))
}

// explainForeign refuses a sign-out that seems to come from a page of another site.
func (e *endpoints) explainForeign(w http.ResponseWriter, r *http.Request, err error) {
	e.cfg.Events.Emit(event.Context(r), event.Event{
		Kind: event.RequestRefused, Level: slog.LevelWarn, Reason: sameorigin.Reason, Detail: err.Error(),
	})
	e.show(w, r, sameorigin.Refusal, "")
}

// loginTo is the address of a login that leads back to there.
func (e *endpoints) loginTo(back string) string {
	if back == "" {
		return e.loginURL
	}
	return e.loginURL + "?" + returnParam + "=" + url.QueryEscape(back)
}

// show refuses a person with a page, and others in JSON. Both name the login if signIn is not empty.
func (e *endpoints) show(w http.ResponseWriter, r *http.Request, out answer.Refusal, signIn string) {
	if !answer.WantsPage(r) {
		var extra []answer.Member
		if signIn != "" {
			extra = append(extra, answer.Member{Name: "login_url", Value: signIn})
		}
		out.Write(w, extra...)
		return
	}
	p := e.gate.Pages()
	page := p.Standalone(r)
	page.SignIn = signIn
	p.Refuse(w, r, out, page)
}
