package middleware

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/personal"
	"github.com/go-pme/pme/middleware/revocation"
)

// Config says how a gate answers requests that it does not let through. The zero value is valid: every
// unauthenticated request gets 401.
type Config struct {
	// LoginURL is the address of the login page: a local path, or an absolute https URL without user
	// information. It may have a query; the return path is added to it. If set, an unauthenticated page
	// request is redirected there, and 401 answers include it as login_url. If empty, unauthenticated
	// requests get 401.
	//
	// A local path gets the prefix that [BehindProxy] knows of, unless it begins with it.
	//
	// The page must not be behind the gate itself. A login page on another host is given a path only
	// and has to know which host to send people back to.
	LoginURL string

	// ReturnParam is the name of the query parameter that tells the login page where the user was
	// going. Default: next.
	ReturnParam string

	// Challenge is the WWW-Authenticate header of the 401 for a request without a credential.
	// Default: none.
	Challenge string

	// Revocations is the record of the sessions that were ended by [Gate.RevokeSessions], for logins whose
	// sessions cannot be deleted on the server, such as those in a cookie. It is asked for each request. A
	// session that began, by identity.User.SignedInAt, when it was revoked or before is refused like an
	// unauthenticated request. Without SignedInAt, all sessions of a user are refused once one is revoked. If the
	// record fails, the request gets 503. Default: none, and no session is refused.
	//
	// A session with an identity.User.Position is refused if it began before the revocation in the order of the record,
	// whatever any clock says: see [Gate.Position].
	//
	// Replicas need a shared record and, for sessions without a Position, clocks that agree to a fraction of a second: a
	// session that began on a host whose clock is ahead, and that this one has not seen yet, could pass for a later one. If
	// SignedInAt is more than 10 seconds in the future, the session is refused, and the log says so.
	//
	// The login page must not send a user with a refused session back, but has to begin a new session.
	Revocations revocation.Store

	// SessionLifetime is the longest that a session lives, however often its cookie is renewed. With
	// Revocations, a session that began longer ago is refused, as it may have outlived its revocation; a
	// user without SignedInAt may be let through again so long after it. Default: 30 days.
	SessionLifetime time.Duration

	// Events gets an event for each refusal: at debug level for requests without a credential, at info
	// for rejected credentials, at warn for errors and, once, for a browser that is sent to log in again as soon as
	// it comes back. Events have no cookies, queries or other
	// credentials; the text of an error that the host's own function or store returned is included.
	// Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets a record of each return path that is too long, and events if there is no stream. Default:
	// slog.Default().
	Logger *slog.Logger
}

// A Gate lets only signed-in users through to the handlers behind it. [New] makes one of a [Recognizer],
// [First] one of several gates. It is safe for concurrent use.
type Gate struct {
	recognizer  Recognizer
	revocations *revocations // nil: none, or the Recognizer's own matter
	refusal     refusal
	hide        func(http.Header) http.Header // makes the headers that are passed on; nil: unchanged
}

var (
	_ Invalidator     = (*Gate)(nil)
	_ SignOutNotifier = (*Gate)(nil)
	_ SessionRevoker  = (*Gate)(nil)
	_ GroupKeeper     = (*Gate)(nil)
	_ PageShower      = (*Gate)(nil)
	_ SignOutLinker   = (*Gate)(nil)
	_ LoginLinker     = (*Gate)(nil)
	_ io.Closer       = (*Gate)(nil)
)

// New makes a gate that asks r. It reports everything that is wrong with cfg.
func New(r Recognizer, cfg Config) (*Gate, error) {
	var errs []error
	if f, ok := r.(Func); r == nil || ok && f == nil {
		errs = append(errs, errors.New("middleware: the Recognizer is missing: say how to tell who sent a request"))
	}
	if cfg.SessionLifetime < 0 {
		errs = append(errs, errors.New("middleware: SessionLifetime must not be negative"))
	}
	answers, err := newRefusal(r, cfg)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return &Gate{recognizer: r, revocations: newRevocations(cfg.Revocations, cfg.SessionLifetime, cfg.Logger), refusal: answers}, nil
}

// Require lets only signed-in users through to next, with their [identity.User] in the request's
// context in place of one that is there already. All other requests are refused as the package's
// documentation says, and next does not run.
//
// It does not check what the user may do, nor where a request comes from: guard routes that change
// state with [http.CrossOriginProtection] as well.
func (g *Gate) Require(next http.Handler) http.Handler {
	if c, ok := next.(*requirement); ok {
		next = c.like(g.refusal.look)
	}
	begin, serve := personal.Serving(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mark := begin(r.Context())
		u, err := g.recognize(w, r)
		if err != nil {
			g.Refuse(w, r, err)
			return
		}
		if g.hide != nil {
			r = r.WithContext(r.Context())
			r.Header = g.hide(r.Header)
			r.Trailer = nil // it is filled in while the body is read, so hide cannot look at its names
		}
		serve(w, r, u, mark)
	})
}

// recognize returns a signed-in user or an error, whatever the Recognizer returns.
func (g *Gate) recognize(w http.ResponseWriter, r *http.Request) (*identity.User, error) {
	u, err := g.recognizer.Recognize(w, r)
	switch {
	case err != nil:
		return nil, err
	case !u.SignedIn():
		return nil, errNoUser
	case g.revocations == nil:
		return u, nil
	}
	if err := g.revocations.check(r.Context(), u, g.revocations.names(u)); err != nil {
		return nil, err
	}
	return u, nil
}

// Refuse answers a request that could not be let through because of err, in the way that Require does:
// see [Recognizer] for what the kinds of errors mean. It is for a login's own endpoints, which stand
// before the gate and should answer like it.
func (g *Gate) Refuse(w http.ResponseWriter, r *http.Request, err error) { g.refusal.answer(w, r, err) }

// Invalidate drops everything remembered of the user with that ID, so that the next request is
// recognized anew. A recognition in progress while Invalidate runs is not remembered. Call it when a
// user signs out, is locked out, or changes groups.
//
// It does not end the user's session: a cookie that is still valid, or a copy of it, is recognized again. See
// [Gate.RevokeSessions] for that. On a gate that remembers nothing it does nothing.
func (g *Gate) Invalidate(userID string) {
	if i, ok := g.recognizer.(Invalidator); ok {
		i.Invalidate(userID)
	}
}

// OnSignOut adds f to the functions that are called when a user signs out at this gate: see
// [SignOutNotifier]. At gates where users cannot sign out, f is never called.
func (g *Gate) OnSignOut(f func(ctx context.Context, userID, session string)) {
	if s, ok := g.recognizer.(SignOutNotifier); ok {
		s.OnSignOut(f)
	}
}

// RevokeSessions implements [SessionRevoker] for gates with [Config].Revocations and for those whose Recognizer
// is a SessionRevoker. At other gates it does nothing and returns nil: their sessions go on, which is the
// host's matter.
func (g *Gate) RevokeSessions(ctx context.Context, userID, session string) error {
	var errs [2]error
	if g.revocations != nil {
		errs[0] = g.revocations.revoke(ctx, userID, session)
	}
	if s, ok := g.recognizer.(SessionRevoker); ok {
		errs[1] = s.RevokeSessions(ctx, userID, session)
	}
	return errors.Join(errs[:]...)
}

// Position returns the present position in the order of all revocations. A host calls it before it asks a user who they
// are, stores it in the session, and returns it as identity.User.Position for each request: then the gate compares
// positions, and no clocks. It fails if the gate has no Revocations, or if their store fails.
func (g *Gate) Position(ctx context.Context) (string, error) {
	if p, ok := g.recognizer.(positioner); ok {
		return p.position(ctx)
	}
	return g.revocations.position(ctx)
}

// A positioner has a record of revocations of its own.
type positioner interface {
	position(ctx context.Context) (string, error)
}

// SessionStores implements [SessionStorer].
func (g *Gate) SessionStores() []revocation.Store {
	stores := g.revocations.stores()
	if s, ok := g.recognizer.(SessionStorer); ok {
		stores = append(stores, s.SessionStores()...)
	}
	return stores
}

// KeepGroups implements [GroupKeeper] for gates whose Recognizer is one. At other gates it does nothing: their
// users have the groups that the Recognizer says.
func (g *Gate) KeepGroups(names func() []string) (changed func()) {
	if k, ok := g.recognizer.(GroupKeeper); ok {
		return k.KeepGroups(names)
	}
	return func() {}
}

// Close ends the gate's work in the background, such as a fetch of signing keys, and waits for it.
// Requests that need such work get 503 from then on. Closing twice is no error.
func (g *Gate) Close() error {
	c, ok := g.recognizer.(io.Closer)
	if !ok {
		return nil
	}
	if err := c.Close(); err != nil {
		return fmt.Errorf("middleware: closing the gate: %w", err)
	}
	return nil
}
