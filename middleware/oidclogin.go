package middleware

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Login returns the handler that sends people to the provider: GET, with the return path in next, which
// is taken for "/" unless [SafeReturnPath] accepts it. While the provider is not known and cannot be
// reached, it answers 503.
//
// A person who is signed in already is sent there too, and has a new session afterwards.
func (o *OIDC) Login() http.Handler {
	return onlyMethod(http.MethodGet, http.HandlerFunc(o.serveLogin))
}

func (o *OIDC) serveLogin(w http.ResponseWriter, r *http.Request) {
	p, err := o.discovery.provider(r.Context())
	if err != nil {
		o.refusal.answer(w, r, err)
		return
	}
	back, _ := LocalPath(r.URL.Query().Get("next"))
	if o.isOwnPath(back) {
		back = "/" // coming back to a login would begin the next one
	}
	a := newLoginAttempt(back, o.cfg.Now())
	name := o.attemptName(a.state)
	sealed, err := o.seals.seal(name, a)
	if err != nil {
		o.refusal.answer(w, r, err)
		return
	}
	o.makeRoom(w, r, len(sealed))
	o.cookies.Set(w, name, sealed, attemptLife)
	redirectPrivately(w, p.oauth.AuthCodeURL(a.state, o.loginOptions(a)...), http.StatusFound)
}

func (o *OIDC) loginOptions(a *loginAttempt) []oauth2.AuthCodeOption {
	opts := []oauth2.AuthCodeOption{oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)}
	for name, value := range o.cfg.AuthParams {
		opts = append(opts, oauth2.SetAuthURLParam(name, value))
	}
	if o.cfg.Prompt != "" {
		opts = append(opts, oauth2.SetAuthURLParam("prompt", o.cfg.Prompt))
	}
	if o.cfg.MaxAge > 0 {
		opts = append(opts, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(o.cfg.MaxAge/time.Second))))
	}
	if len(o.cfg.ACRValues) > 0 {
		opts = append(opts, oauth2.SetAuthURLParam("acr_values", strings.Join(o.cfg.ACRValues, " ")))
	}
	return opts
}

// isOwnPath reports whether a local path leads to one of the endpoints here.
func (o *OIDC) isOwnPath(local string) bool {
	if i := strings.IndexAny(local, "?#"); i >= 0 {
		local = local[:i]
	}
	dir, last := path.Split(path.Clean(local))
	own := slices.Contains([]string{loginPath, callbackPath, logoutPath, backChannelPath}, last)
	return own && path.Clean(dir) == path.Dir(o.refusal.login.Path)
}

// redirectPrivately redirects without leaving the address behind in a cache or a Referer.
func redirectPrivately(w http.ResponseWriter, location string, status int) {
	h := w.Header()
	h.Set("Location", location)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
}
