package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"sync"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
)

// The last elements of the paths that an OIDC serves.
const (
	loginPath       = "login"
	callbackPath    = "callback"
	logoutPath      = "logout"
	backChannelPath = "backchannel-logout"
)

const (
	errExpired nobody = "the session is over"
	errEnded   nobody = "the session has been ended"
)

// OIDC signs people in at an OpenID provider, and recognises them afterwards by a session cookie of its
// own. It is made by [NewOIDC] and is safe for concurrent use.
//
// It is two things in one: the handler of its own four endpoints, to be mounted where RedirectURL says
// and not behind a gate, and, by [OIDC.Require], a gate like those of [Session] and [Func].
//
//	GET   login               begins a login; next is the return path
//	GET   callback            ends it; the provider sends people here
//	POST  logout              signs the person out, here and at the provider
//	POST  backchannel-logout  the provider says that somebody has signed out
//
// # Logins
//
// A login is an authorization code flow with PKCE (RFC 7636), state and nonce; the response parameter iss
// is checked where it is sent (RFC 9207). A callback counts only in the browser in which the login began,
// within ten minutes, once. The ID token must come from the issuer, for this client, signed with one of
// its published keys; HMAC and "none" never count. The provider is looked up when the first login needs
// it. While it is down, new logins get 503, and people who are signed in go on.
//
// # People
//
// The user ID is issuer#subject, so nobody at another provider can have it. E-mail is taken over only if
// email_verified says so. Groups come from GroupsClaim; those with an empty name are left out. What the
// ID token lacks is looked up at the userinfo endpoint, which must speak of the same subject. The
// session's identifier is in identity.User.Session.
//
// # Sessions
//
// A session is in an encrypted cookie, with an identifier that is new at each login, and ends by idle
// time, by age, by signing out, or by the provider's word. That it has been ended is kept in the Store,
// so that a copy of the cookie is worth nothing either. While the Store does not answer, nobody is let
// through (503).
//
// It does not check what a person may do, nor, apart from its own endpoints, where a request comes from.
type OIDC struct {
	cfg       *OIDCConfig // behind a pointer, where printing an OIDC does not reach
	seals     *seals
	cookies   cookieJar
	refusal   refusal
	discovery *discovery
	claims    claimsMap
	memo      *table[oidcProof]
	flights   *flight.Group
	storeKeys storeKeys
	client    *http.Client
	logout    http.Handler

	mu        sync.Mutex
	onSignOut []func(ctx context.Context, userID, session string)
}

// oidcProof is what must hold besides the time for a remembered person to count.
type oidcProof struct {
	keys   []string // what the session may have been ended by
	issued int64
}

// NewOIDC makes an OIDC without asking the provider anything, and reports everything that is wrong with
// cfg.
func NewOIDC(cfg OIDCConfig) (*OIDC, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	redirect, err := url.Parse(cfg.RedirectURL)
	if err != nil {
		return nil, fmt.Errorf("middleware: OIDC: RedirectURL: %w", err)
	}
	o := &OIDC{
		cfg:     &cfg,
		seals:   newSeals(cfg.Keys, cfg.Issuer, cfg.ClientID),
		cookies: newCookieJar(cfg.CookieName, redirect.Scheme == "https"),
		claims:  claimsMap{groups: cfg.GroupsClaim, keep: cfg.KeepGroup},
		memo:    newTable[oidcProof](),
		flights: flight.New(),
		client:  newProviderClient(cfg.HTTPClient),
	}
	o.storeKeys = storeKeys{prefix: "oidc" + o.seals.binding + "/"}
	keys := newProviderKeys(BearerConfig{Issuer: cfg.Issuer, HTTPClient: cfg.HTTPClient, Logger: cfg.Logger, Now: cfg.Now})
	keys.client, keys.fetching = o.client, o.flights
	o.discovery = &discovery{cfg: o.cfg, client: o.client, keys: keys, flights: o.flights}
	o.refusal = newRefusal(&options{
		login:       &url.URL{Path: path.Join(path.Dir(redirect.Path), loginPath)},
		returnParam: "next",
		logger:      cfg.Logger,
	})
	o.logout = newLogout(o.serveLogout)
	return o, nil
}

// ServeHTTP serves the four endpoints by the last element of the path, so that it can be mounted with
// or without [http.StripPrefix]. Anything else is 404.
func (o *OIDC) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case loginPath:
		o.Login().ServeHTTP(w, r)
	case callbackPath:
		o.Callback().ServeHTTP(w, r)
	case logoutPath:
		o.Logout().ServeHTTP(w, r)
	case backChannelPath:
		o.BackChannelLogout().ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// Require lets only signed-in people through to next, with their [identity.User] in the request's
// context. A page navigation of anybody else
// is sent to log in, and everything else gets 401, as the package's documentation says. Now and then it
// writes the session cookie anew.
func (o *OIDC) Require(next http.Handler) http.Handler { return guard(o, next) }

// Invalidate drops what is remembered of the user. It ends no session: see [OIDC.EndSessions].
func (o *OIDC) Invalidate(userID string) { o.memo.forget(userID) }

// OnSignOut adds f to what is called when a session ends by signing out, by the provider's word or by
// a renewal that the provider refused, but not by mere time. An empty session means all of the user's.
// f runs before the answer is sent, several at once; its context outlives the request, for 15 seconds.
func (o *OIDC) OnSignOut(f func(ctx context.Context, userID, session string)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.onSignOut = append(o.onSignOut, f)
}

// Close waits for calls to the provider that are under way, and ends them. Nothing is renewed from now
// on, and no login can begin at a provider that is not known yet. It never fails.
func (o *OIDC) Close() error {
	o.flights.Close()
	o.client.CloseIdleConnections()
	return nil
}

// admit returns the person behind the session cookie, or an error as a recogniser does. It clears a
// cookie that is nobody's, and writes one that is to be extended.
func (o *OIDC) admit(w http.ResponseWriter, r *http.Request) (*identity.User, error) {
	value, ok := soleCookie(r.Header, o.cookies.session)
	if !ok {
		c, err := r.Cookie(o.cookies.session)
		if err != nil {
			return nil, errNoSession
		}
		value = c.Value
	}
	now := o.cfg.Now()
	if e := o.memo.find(value); e != nil && now.Before(e.until) {
		if err := o.standing(r.Context(), e.proof); err != nil {
			return nil, o.turnAway(w, err)
		}
		return e.user, nil
	}
	return o.read(w, r, value, now)
}

// read opens the cookie, and extends or renews the session where that is due.
func (o *OIDC) read(w http.ResponseWriter, r *http.Request, value string, now time.Time) (*identity.User, error) {
	begun := o.memo.begin()
	s, err := o.open(value)
	if err != nil {
		return nil, o.turnAway(w, err)
	}
	if !now.Before(s.expires(o.cfg.IdleTimeout, o.cfg.Lifetime)) {
		return nil, o.turnAway(w, errExpired)
	}
	proof := oidcProof{keys: o.storeKeys.endings(s, o.cfg.Issuer), issued: s.issued}
	if err := o.standing(r.Context(), proof); err != nil {
		return nil, o.turnAway(w, err)
	}
	changed := false
	if s.renewAt != 0 && now.Unix() >= s.renewAt {
		if s, changed, err = o.renew(r.Context(), s); err != nil {
			return nil, o.turnAway(w, err)
		}
	}
	if now.Unix() >= o.extendAt(s) {
		s.seen, changed = now.Unix(), true
	}
	u := s.user(o.cfg.Issuer)
	if changed {
		if err := o.write(w, s, now); err != nil { // the old cookie goes on until its own end
			o.cfg.Logger.WarnContext(r.Context(), "session cookie not written anew", slog.Any("error", err))
		}
		return u, nil
	}
	o.memo.keep(begun, value, u, o.rereadAt(s), proof)
	return u, nil
}
