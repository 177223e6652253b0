package matterport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"
)

// [Error.Op] of the two grants.
const (
	opCode    = "authorizationCode"
	opRefresh = "refreshToken"
)

// longestCode is far beyond any authorization code, in bytes. A code comes from a browser.
const longestCode = 4096

// OAuthToken is what a connected account's grant gives. Its secrets show as "[redacted]" when it is
// printed.
type OAuthToken struct {
	// AccessToken is the bare token for the Model API, the Showcase SDK and the model selector. A
	// browser may have it.
	AccessToken Secret

	// RefreshToken gets the next access token, and must never reach a browser. From
	// [OAuthApp.Exchange] it is always there. From [OAuthApp.Refresh] it is there when it has changed,
	// and must be stored in place of the old one before the access token is used; empty means that the
	// old one stays good.
	RefreshToken Secret

	// ValidUntil is when the access token ends, in UTC by Matterport's clock: compare it with
	// [OAuthApp.ServerTime], in this process or another. It is counted from the earliest time that the
	// request can have been made at, so it is early rather than late. Zero if that is not known, because
	// no answer had a Date yet: do not give the access token out, but keep the refresh token.
	ValidUntil time.Time

	// Life is how long the access token lives, at most 24 hours. An answer that does not say is taken to
	// grant [OAuthConfig.AccessTokenLife], and is [ErrMalformed] when that is not set.
	Life time.Duration

	// Scopes are what was granted, which may be less than was asked for. Nil when the answer does not
	// say: then they are what was asked for (RFC 6749 §5.1), or granted before.
	Scopes []Scope
}

// Exchange redeems the code that a callback brought (RFC 6749 §4.1.3), with the attempt and the
// verifier that [OAuthApp.AuthorizeURL] was given. It does not check that the callback belongs to the
// person and the browser that began the attempt: do so before.
//
// A code is good for one use, and a second one may end what the first one brought (RFC 6749 §4.1.2). So
// the request is repeated only if no connection came about and it certainly was not sent; after any
// other trouble, such as a timeout or a status of 503, the error is final and the owner has to begin
// anew. [ErrReconnect] means that Matterport does not take the code, and [ErrUnauthorized] that it does
// not take the application.
func (a *OAuthApp) Exchange(ctx context.Context, attempt, code, verifier string) (*OAuthToken, error) {
	if problem := checkCode(attempt, code, verifier); problem != "" {
		return nil, invalid(opCode, problem)
	}
	form := url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {code},
		"redirect_uri":  {a.callback(attempt)},
		"scope":         {joinScopes(a.scopes)},
		"code_verifier": {verifier},
	}
	return a.grant(ctx, opCode, form, unsent)
}

// Refresh gets the next access token for a refresh token (RFC 6749 §6). It is repeated when Matterport
// is in trouble, but not while the request may still be under way there: when no answer came in time, the
// error is final. [ErrReconnect] means that the refresh token is void: forget it, and ask the owner to
// connect again. [ErrUnauthorized] means that Matterport does not take the application: keep the
// refresh token, since it may be good again when an operator has seen to that.
//
// Two refreshes with one token must not run at once, in whatever process: see to that. Once a day or so
// an answer brings a new refresh token (docs/matterport.md §5); keep it before anything else is done.
func (a *OAuthApp) Refresh(ctx context.Context, refresh Secret) (*OAuthToken, error) {
	if refresh == "" {
		return nil, invalid(opRefresh, "no refresh token was given")
	}
	form := url.Values{
		"grant_type":    {"refresh_token"},
		"refresh_token": {string(refresh)},
	}
	return a.grant(ctx, opRefresh, form, settled)
}

// grant asks the token endpoint, and again while that may be done.
func (a *OAuthApp) grant(ctx context.Context, op string, form url.Values, repeatable func(*Error) bool) (*OAuthToken, error) {
	if a.life > 0 {
		form.Set("expires_in", durationText(a.life))
	}
	var token *OAuthToken
	err := a.api.retry(ctx, op, repeatable, func() (e *Error) {
		token, e = a.grantOnce(ctx, op, form)
		return e
	})
	if err != nil {
		return nil, err
	}
	return token, nil
}

func (a *OAuthApp) grantOnce(ctx context.Context, op string, form url.Values) (*OAuthToken, *Error) {
	if a.closed.Load() {
		return nil, &Error{Op: op, Err: ErrClosed}
	}
	if left := a.quietGrants.Left(struct{}{}); left > 0 {
		return nil, askedForQuiet(op, left)
	}
	g, e := a.api.grant(ctx, op, form)
	if e != nil {
		if e.Status != 0 { // otherwise it is no wish of Matterport's
			a.quietGrants.Keep(struct{}{}, e.RetryAfter)
		}
		return nil, grantRefused(e)
	}
	used := form.Get("refresh_token")
	life := cmp.Or(g.life, a.life)
	switch {
	case life == 0:
		return nil, g.answer.incomplete(op, "the answer has no expires_in; with AccessTokenLife set it could be done without")
	case g.refresh == "" && used == "":
		return nil, g.answer.incomplete(op, "the answer has no refresh_token")
	case g.refresh == used:
		g.refresh = ""
	}
	a.api.log.LogAttrs(ctx, slog.LevelInfo, "matterport access token granted",
		slog.String("op", op), slog.String("life", life.String()), slog.Bool("new_refresh_token", g.refresh != ""))
	token := &OAuthToken{AccessToken: Secret(g.access), RefreshToken: Secret(g.refresh), Life: life, Scopes: g.scopes}
	if began := g.began.earliest; !began.IsZero() {
		token.ValidUntil = began.Add(life)
	}
	return token, nil
}

// grantRefused tells a grant that is void, which is a matter of the account's owner, from an
// application that is refused, which is the operator's. To take the one for the other would throw
// connections away. A server in trouble says neither, whatever its words are.
func grantRefused(e *Error) *Error {
	switch {
	case !errors.Is(e, errInvalidGrant):
		return credentialsRefused(e)
	case e.Status >= 500:
		e.Err = ErrUnavailable
	default:
		e.Err = ErrReconnect
	}
	return e
}

// checkCode refuses what cannot be right, before it costs a request.
func checkCode(attempt, code, verifier string) (problem string) {
	switch {
	case attempt == "":
		return "no attempt was given"
	case code == "":
		return "no code was given"
	case len(code) > longestCode || !visible(code):
		return "the code is not one of Matterport's: it is too long, or not printable ASCII"
	case len(verifier) < 43 || len(verifier) > 128: // RFC 7636 §4.1
		return "the verifier is not one of PKCE's: it must have 43 to 128 characters"
	}
	return ""
}

// durationText writes a duration as Matterport's documentation does for expires_in: in minutes
// (docs/matterport.md §5). One that is no whole number of them is in seconds, as validFor may be.
func durationText(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return wholeSeconds(d)
}
