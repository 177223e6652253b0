package oidclogin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/mount"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/middleware"
)

// maxSignOutURL is the longest address in bytes to which the browser is sent with an id_token_hint. An ID token
// with many groups makes one that many servers refuse.
const maxSignOutURL = 2 << 10

// providerPatience is how long a user who signs out waits for a provider that is not known yet.
const providerPatience = 3 * time.Second

// endSessionParams are the parameters of the end_session_endpoint that the login sets.
var endSessionParams = []string{"client_id", "id_token_hint", "post_logout_redirect_uri"}

// logout signs the user out.
func (e *endpoints) logout(w http.ResponseWriter, r *http.Request) {
	if err := e.origins.Check(r); err != nil {
		e.explainForeign(w, r, err)
		return
	}
	next := e.afterLogout(r)
	if c, err := r.Cookie(e.cookieName); err == nil {
		// An expired session is signed out too: tokens that were issued in it may be in use.
		if s, err := e.open(c.Value); err == nil {
			next = e.endSessionURL(r.Context(), s, next)
			if err := e.endSession(r.Context(), s); err != nil {
				e.gate.Refuse(w, r, err)
				return
			}
			e.tellSignOut(event.Context(r), provider.UserID(e.cfg.Issuer, s.subject), s.session(), "logout")
		}
		e.jar.Clear(w, e.cookieName)
	}
	answer.Redirect(w, next, http.StatusSeeOther)
}

// afterLogout returns PostLogoutURL as browsers know it. By default it is the page beside the endpoint that answers.
func (e *endpoints) afterLogout(r *http.Request) string {
	if e.cfg.PostLogoutURL == "" {
		return e.local(r, logoutPath, path.Join(path.Dir(mount.Path(r)), signedOutPath))
	}
	if _, local := middleware.LocalPath(e.cfg.PostLogoutURL); local {
		return e.local(r, logoutPath, e.cfg.PostLogoutURL)
	}
	return e.cfg.PostLogoutURL
}

// endSessionURL returns the address at which the provider signs the user out, or otherwise if there is none.
func (e *endpoints) endSessionURL(ctx context.Context, s *signIn, otherwise string) string {
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	p, err := e.discovery.provider(ctx)
	if err != nil || p.endSession == "" {
		return otherwise
	}
	u, err := url.Parse(p.endSession)
	if err != nil {
		return otherwise
	}
	query := u.Query()
	for name, value := range e.cfg.EndSessionParams {
		query.Set(name, value)
	}
	query.Set("client_id", e.cfg.ClientID)
	if _, local := middleware.LocalPath(e.cfg.PostLogoutURL); !local && e.cfg.PostLogoutURL != "" {
		query.Set("post_logout_redirect_uri", e.cfg.PostLogoutURL)
	}
	u.RawQuery = query.Encode()
	return e.withHint(ctx, u, s)
}

// withHint returns the address of u with the session's ID token as id_token_hint, unless there is none or the
// address would be too long: client_id is there in any case.
func (e *endpoints) withHint(ctx context.Context, u *url.URL, s *signIn) string {
	plain := u.String()
	saved, ok, err := e.loadTokens(ctx, s.session())
	if err != nil || !ok {
		return plain
	}
	query := u.Query()
	query.Set("id_token_hint", saved.idToken)
	hinted := *u
	hinted.RawQuery = query.Encode()
	if address := hinted.String(); len(address) <= maxSignOutURL {
		return address
	}
	e.cfg.Logger.DebugContext(ctx, "id_token_hint left out: the address would be too long",
		slog.Int("token_bytes", len(saved.idToken)), slog.Int("most", maxSignOutURL))
	return plain
}

// warnOfSignOut warns of a provider that ends sessions but may not end them without the ID token.
func (c *Config) warnOfSignOut(ctx context.Context, p *idProvider) {
	if p.endSession == "" || c.KeepTokens {
		return
	}
	c.Logger.WarnContext(ctx, "signing out may end with an error or a question of the provider, as no id_token_hint is sent: set KeepTokens",
		slog.String("issuer", c.Issuer))
}

// signedOut is the page on which signing out ends. It offers to sign in, and to a user who is signed in to sign
// out. To open it changes nothing.
func (e *endpoints) signedOut(w http.ResponseWriter, r *http.Request) {
	u, err := e.Recognize(w, r)
	switch {
	case err == nil:
		r = r.WithContext(identity.NewContext(r.Context(), u))
	case !errors.Is(err, middleware.ErrNotSignedIn):
		e.gate.Refuse(w, r, err)
		return
	}
	p := e.gate.Pages()
	page := p.Standalone(r)
	page.Title = page.Words.SignedOut
	page.SignIn, page.SignOut = loginPath, logoutPath // both are beside it
	if page.User != "" {
		page.Title, page.Leaving = page.Words.SignedIn, true
	}
	p.Show(w, r, http.StatusOK, "signed-out.html", page)
}

// SignOutURL implements [middleware.SignOutLinker].
func (s *sessions) SignOutURL() string { return beside(s.cfg.RedirectURL, signedOutPath) }

// beside returns the local path of an endpoint, by the address of the callback. It is "/" for an address that
// cannot be one.
func beside(redirectURL, endpoint string) string {
	u, err := url.Parse(redirectURL)
	if err != nil || u.Path == "" {
		return "/"
	}
	return (&url.URL{Path: path.Join(path.Dir(u.Path), endpoint)}).String()
}

// isLocalOrSecure reports whether s may be PostLogoutURL.
func isLocalOrSecure(s string) bool {
	_, local := middleware.LocalPath(s)
	u, err := url.Parse(s)
	return err == nil && (local || weburl.Secure(u))
}
