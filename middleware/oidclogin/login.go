package oidclogin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/cookie"
	"github.com/go-pme/pme/internal/mount"
	"github.com/go-pme/pme/internal/outside"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin/internal/memory"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// The last elements of the endpoints' paths.
const (
	loginPath       = "login"
	callbackPath    = "callback"
	logoutPath      = "logout"
	signedOutPath   = "signed-out"
	backChannelPath = "backchannel-logout"
)

// A Login signs users in at an OpenID provider and recognizes them afterwards by a session cookie. It is
// the handler of its five endpoints, to be mounted where RedirectURL says and not behind a gate, and it is
// a gate. [New] makes one. It is safe for concurrent use.
//
// As a gate it redirects unauthenticated page requests to its login endpoint. Its pages look as those of the
// application, if package pme or [middleware.Gate.UsePages] says so. It writes the session cookie
// anew from time to time, and clears one that is no longer valid. [middleware.Gate.Invalidate] ends no
// session: see [Login.EndSessions] and [middleware.Gate.RevokeSessions]. [middleware.Gate.OnSignOut] tells of sessions that end by signing out,
// by the provider's word, or by a renewal that the provider refused, but not of those that expire. Its
// functions run before the answer is sent, with a context that outlives the request by up to 15 seconds.
//
// After Close, no session is renewed, and no login can begin at a provider that is not known yet.
type Login struct {
	*middleware.Gate
	endpoints *endpoints // behind a pointer, so that printing a Login prints no secret
}

// New makes a Login. It asks the provider nothing, and reports everything that is wrong with cfg.
func New(cfg Config) (*Login, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	redirect, err := url.Parse(cfg.RedirectURL)
	if err != nil {
		return nil, fmt.Errorf("oidclogin: RedirectURL: %w", err)
	}
	s, err := newSessions(&cfg, cookie.Jar{Secure: redirect.Scheme == "https", Partitioned: cfg.PartitionedCookies})
	if err != nil {
		return nil, err
	}
	base := path.Dir(redirect.Path)
	loginURL := (&url.URL{Path: path.Join(base, loginPath)}).String()
	gate, err := middleware.New(s, middleware.Config{LoginURL: loginURL, ReturnParam: returnParam, Events: cfg.Events, Logger: cfg.Logger})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("oidclogin: %w", err), s.Close())
	}
	e := &endpoints{sessions: s, gate: gate, base: base, loginURL: loginURL, origins: sameorigin.New(cfg.RedirectURL), limits: newLimits(&cfg, s.given)}
	e.attempts = &cookie.Attempts{
		Jar: s.jar, Prefix: s.cookieName + "-login-", Most: maxAttempts, MaxBytes: maxAttemptBytes, Began: e.attemptBegan,
	}
	return &Login{Gate: gate, endpoints: e}, nil
}

// ServeHTTP serves the five endpoints by the last element of the path, so that a Login can be mounted with
// or without [http.StripPrefix]. Other paths get 404.
//
//	GET   login               begins a login; next is the path to come back to; again has the provider ask for the password anew
//	GET   callback            finishes it; the provider sends the browser here
//	POST  logout              signs the user out, here and at the provider; the application's own pages only
//	GET   signed-out          where signing out ends: offers to sign in, or to one who is signed in to sign out
//	POST  backchannel-logout  the provider says that a user has signed out; needs no cookie
//
// The login endpoint answers 503 while the provider is not known and cannot be reached. It sends signed-in
// users to the provider as well, and gives them a new session. One browser may have 16 logins in progress; the
// oldest make room.
//
// A callback that belongs to no login of this browser, or was used before, gets 400. If the browser has a good
// session, it is redirected to where the login would have led instead: a restored tab, a reload, or a login that
// took longer than 10 minutes. If the provider refuses the user, or its ID token is not accepted, the answer is
// 403; if that cannot be decided at the moment, 503. If the provider refuses the application, such as for its
// secret or a scope, the answer is 502 and says to tell whoever runs the site: trying again does not help. None
// of these changes the session that the browser has. What the provider says is logged, without the secrets that it
// was sent. Pages with an error lead to a login with the same next.
//
// If Events knows the clients' addresses by its Client, an address from which the provider was asked about many codes that it does
// not accept gets 429 for a while, before the provider is asked again: 300 at once, and one more each second. Logins that succeed do
// not count.
//
// The return path must be one that [middleware.LocalPath] accepts. It travels in the state, sealed, which makes the
// address at the provider longer: by 3,000 bytes at most.
//
// HEAD is answered as GET, and neither begins nor finishes a login.
//
// A logout ends the session, copies of its cookie included, and sends the browser to the provider's
// end_session_endpoint (OpenID Connect RP-Initiated Logout 1.0), or to PostLogoutURL, which by default is
// the page signed-out, if there is none. If
// the Store does not answer, it gets 503 and the user is still signed in.
//
// Register backchannel-logout at the provider. Its logout_token proves who the caller is. A token with a
// known sid ends that session; any other ends all sessions of its sub that were issued before it. A token
// that is not accepted, or was used before, gets 400. An error gets 503, and the provider may try again.
func (l *Login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := l.endpoints
	switch path.Base(r.URL.Path) {
	case loginPath:
		e.only(w, r, http.MethodGet, e.begin)
	case callbackPath:
		e.only(w, r, http.MethodGet, e.callback)
	case logoutPath:
		e.only(w, r, http.MethodPost, e.logout)
	case signedOutPath:
		e.only(w, r, http.MethodGet, e.signedOut)
	case backChannelPath:
		e.only(w, r, http.MethodPost, e.backChannel)
	default:
		e.show(w, r, answer.Nothing, "")
	}
}

// EndSessions ends every session of the user that has begun, in all browsers, and calls the functions of
// OnSignOut. Call it when a user is locked out. It compares no clocks: a login that has come back from the
// provider counts as begun, and is refused; unless the provider refuses, the user can sign in again at once.
//
// [middleware.Gate.RevokeSessions] does the same without calling the functions of OnSignOut, and so
// does RevokeUser of package pme, which revokes the tokens itself.
//
// If it fails, the sessions may go on: the Store has not kept that they have ended.
func (l *Login) EndSessions(ctx context.Context, userID string) error {
	return l.endpoints.endAll(ctx, userID)
}

// endpoints are the handlers of a login.
type endpoints struct {
	*sessions
	gate     *middleware.Gate
	base     string // the path of the endpoints, without their last element
	loginURL string
	attempts *cookie.Attempts
	origins  *sameorigin.Check
	limits   *limits
}

// local is a local path as browsers know it. Where the host does not say what a proxy has taken off the path,
// it is what the path of r, a request for that endpoint, lacks of the one in RedirectURL.
func (e *endpoints) local(r *http.Request, endpoint, local string) string {
	if site, ok := outside.FromContext(r.Context()); ok {
		return outside.Local(site.Prefix, local)
	}
	return outside.Local(outside.Taken(path.Join(e.base, endpoint), mount.Path(r)), local)
}

// only refuses requests with other methods. An endpoint that answers GET answers HEAD too.
func (e *endpoints) only(w http.ResponseWriter, r *http.Request, method string, serve http.HandlerFunc) {
	if r.Method != method && (method != http.MethodGet || r.Method != http.MethodHead) {
		p := e.gate.Pages()
		p.RefuseMethod(w, r, p.Standalone(r), method)
		return
	}
	serve(w, r)
}

var _ store.Store = (*memory.Store)(nil)

// NewMemoryStore returns an empty store for one process, on the clock of time.Now. Its methods never fail.
//
// Its content is lost when the process ends: sessions that were revoked before count again until their
// cookies expire, unless the cookie keys are changed too. It runs no goroutine; expired content is
// dropped as new content comes.
//
// It holds at most 64 MiB of tokens and groups. Beyond that the oldest make room: a session without its
// tokens is no longer renewed, and one without its groups has to begin anew.
func NewMemoryStore() store.Store { return memory.New(time.Now) }
