package middleware

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/internal/answer"
)

// providerPatience is how long a person who signs out waits for a provider that is not known yet.
const providerPatience = 3 * time.Second

// Logout returns the handler that signs the person out: POST, and from this site's own pages only
// ([http.CrossOriginProtection]). It ends the session, copies of its cookie included, calls what
// [OIDC.OnSignOut] was given, and sends the person on to the provider's end_session_endpoint (OpenID
// Connect RP-Initiated Logout 1.0), or, where there is none, to PostLogoutURL.
//
// If the Store does not keep that the session has ended, the answer is 503, and the person is still
// signed in.
func (o *OIDC) Logout() http.Handler { return onlyMethod(http.MethodPost, o.logout) }

func newLogout(serve http.HandlerFunc) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer.Error(w, http.StatusForbidden, "access_denied", "This can only be asked for from a page of this site.")
	}))
	return sameOrigin.Handler(serve)
}

func (o *OIDC) serveLogout(w http.ResponseWriter, r *http.Request) {
	next := o.cfg.PostLogoutURL
	if c, err := r.Cookie(o.cookies.session); err == nil {
		// A session whose time is over is signed out all the same: what was issued in it may go on.
		if s, err := o.open(c.Value); err == nil {
			next = o.endSessionURL(r.Context(), s)
			if err := o.endSession(r.Context(), s); err != nil {
				o.refusal.answer(w, r, err)
				return
			}
			o.tellSignOut(r.Context(), subjectID(o.cfg.Issuer, s.subject), s.session())
		}
		o.cookies.Clear(w, o.cookies.session)
	}
	redirectPrivately(w, next, http.StatusSeeOther)
}

// endSessionURL is where the provider signs the person out, or PostLogoutURL.
func (o *OIDC) endSessionURL(ctx context.Context, s *signIn) string {
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	p, err := o.discovery.provider(ctx)
	if err != nil || p.endSession == "" {
		return o.cfg.PostLogoutURL
	}
	u, err := url.Parse(p.endSession)
	if err != nil {
		return o.cfg.PostLogoutURL
	}
	query := u.Query()
	query.Set("client_id", o.cfg.ClientID)
	if kept, ok, err := o.loadTokens(ctx, s.session()); err == nil && ok {
		query.Set("id_token_hint", kept.idToken)
	}
	if !SafeReturnPath(o.cfg.PostLogoutURL) {
		query.Set("post_logout_redirect_uri", o.cfg.PostLogoutURL)
	}
	u.RawQuery = query.Encode()
	return u.String()
}
