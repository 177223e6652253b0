package oidclogin

import (
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/internal/returnpath"
)

// returnParam is the query parameter with the path to come back to.
const returnParam = "next"

// protocolParams are the parameters of the authorization request that the login depends on.
var protocolParams = []string{
	"acr_values", "client_id", "code_challenge", "code_challenge_method", "max_age", "nonce", "prompt",
	"redirect_uri", "request", "request_uri", "response_mode", "response_type", "scope", "state",
}

// begin sends the browser to the provider. HEAD gets the same answer, and begins nothing.
func (e *endpoints) begin(w http.ResponseWriter, r *http.Request) {
	p, err := e.discovery.provider(r.Context())
	if err != nil {
		e.refuse(w, r, e.wayBack(r), err)
		return
	}
	a := newAttempt(e.cfg.Now())
	state := e.newState(a, e.wayBack(r))
	if r.Method != http.MethodHead {
		e.attempts.Keep(w, r, a.id(), e.seals.Seal(e.attempts.Name(a.id()), a), attemptLife)
	}
	answer.Redirect(w, p.oauth.AuthCodeURL(state, e.loginOptions(a, r.URL.Query().Has(middleware.AgainParam))...), http.StatusFound)
}

// wayBack returns where the browser goes after the login. Coming back to a login would begin the next one.
func (e *endpoints) wayBack(r *http.Request) string {
	next := r.URL.Query().Get(returnParam)
	short, cut := returnpath.Shorten(next)
	if cut {
		e.cfg.Logger.InfoContext(r.Context(), "return path is too long: the visitor comes back without the query, or to the home page",
			slog.Int("bytes", len(next)), slog.Int("most", returnpath.Max))
	}
	back, safe := middleware.LocalPath(e.local(r, loginPath, short))
	if !safe || e.isOwnPath(back) {
		return e.local(r, loginPath, "/")
	}
	return back
}

// loginOptions returns the parameters of the authorization request. again has the provider ask who the user is, although it
// may know.
func (e *endpoints) loginOptions(a *attempt, again bool) []oauth2.AuthCodeOption {
	opts := []oauth2.AuthCodeOption{oidc.Nonce(a.nonce()), oauth2.S256ChallengeOption(a.verifier())}
	for name, value := range e.cfg.AuthParams {
		opts = append(opts, oauth2.SetAuthURLParam(name, value))
	}
	prompt, maxAge := e.cfg.Prompt, ""
	if e.cfg.MaxAge > 0 {
		maxAge = strconv.Itoa(int(e.cfg.MaxAge / time.Second))
	}
	if again { // a provider that is asked for max_age has to say when (OpenID Connect Core 1.0 §2)
		prompt, maxAge = "login", "0"
	}
	if prompt != "" {
		opts = append(opts, oauth2.SetAuthURLParam("prompt", prompt))
	}
	if maxAge != "" {
		opts = append(opts, oauth2.SetAuthURLParam("max_age", maxAge))
	}
	if len(e.cfg.ACRValues) > 0 {
		opts = append(opts, oauth2.SetAuthURLParam("acr_values", strings.Join(e.cfg.ACRValues, " ")))
	}
	return opts
}

// isOwnPath reports whether a local path leads to one of the login's endpoints.
func (e *endpoints) isOwnPath(local string) bool {
	if i := strings.IndexAny(local, "?#"); i >= 0 {
		local = local[:i]
	}
	if plain, err := url.PathUnescape(local); err == nil {
		local = plain
	}
	dir, last := path.Split(path.Clean(local))
	own := slices.Contains([]string{loginPath, callbackPath, logoutPath, signedOutPath, backChannelPath}, last)
	return own && path.Clean(dir) == e.base
}
