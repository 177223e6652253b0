package middleware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/cookie"
	"github.com/go-pme/pme/middleware/revocation"
)

var (
	errNoSession  = fmt.Errorf("%w: no session", ErrNotSignedIn)
	errUnreadable = fmt.Errorf("%w: the session cookie cannot be read: forged, cut off, expired or from other keys", ErrNotSignedIn)
)

// SessionConfig is what [NewSession] makes a gate from. Store, Name, and User or UserKey are required.
type SessionConfig struct {
	// Store is the store of the host's sessions, and Name the name of the session that says who is
	// signed in.
	Store sessions.Store
	Name  string

	// User returns the user of a session: with an ID for a signed-in user, without an ID if the session
	// has none, and an error if it cannot tell. The first session without an ID is logged. It is not called for a new session. It may run
	// concurrently and must not keep the session. Nothing it returns is verified.
	//
	// A panic in it is not caught, such as that of a type assertion on a value that another version of
	// the host has written: use the form with two results.
	User func(*sessions.Session) (identity.User, error)

	// UserKey is the key of the user's ID, a string, among the values of a session. It takes the place of User for
	// a login that knows nothing else about its users. A value of another type is an error.
	UserKey string

	// Remember is how long a recognized cookie is remembered at most, before it is decoded and User is
	// asked again; [NewSession] says what else ends it. Default: one minute; a negative duration
	// remembers nothing.
	Remember time.Duration

	// Revocations and SessionLifetime are as in [Config]. Without Revocations, whoever has copied the cookie
	// of a [sessions.CookieStore] stays signed in until it expires, whatever the host does to end the session.
	Revocations     revocation.Store
	SessionLifetime time.Duration

	// LoginURL, ReturnParam, Events and Logger are as in [Config]. LoginURL is /login by default.
	LoginURL    string
	ReturnParam string
	Events      *event.Stream
	Logger      *slog.Logger
}

func (cfg SessionConfig) withDefaults() SessionConfig {
	cfg.Remember = cmp.Or(cfg.Remember, time.Minute)
	cfg.LoginURL = cmp.Or(cfg.LoginURL, "/login")
	if cfg.User == nil && cfg.UserKey != "" {
		cfg.User = userAt(cfg.UserKey)
	}
	return cfg
}

func (cfg SessionConfig) validate() error {
	var errs []error
	if cfg.Store == nil {
		errs = append(errs, errors.New("middleware: Store is missing: NewSession needs the store of the host's sessions"))
	}
	if (&http.Cookie{Name: cfg.Name}).Valid() != nil { //nolint:gosec // it is never set: only the name is looked at
		errs = append(errs, fmt.Errorf("middleware: Name is %q, which cannot be the name of a session, as it cannot be that of a cookie", cfg.Name))
	}
	switch {
	case cfg.User == nil && cfg.UserKey == "":
		errs = append(errs, errors.New("middleware: User is missing: NewSession needs a function from session to user, or the UserKey of the user's ID"))
	case cfg.User != nil && cfg.UserKey != "":
		errs = append(errs, errors.New("middleware: User and UserKey are both set: give one of them"))
	}
	return errors.Join(errs...)
}

// userAt returns a User that finds the ID of the user under key.
func userAt(key string) func(*sessions.Session) (identity.User, error) {
	return func(s *sessions.Session) (identity.User, error) {
		switch id := s.Values[key].(type) {
		case nil:
			return identity.User{}, nil
		case string:
			return identity.User{ID: id}, nil
		default:
			return identity.User{}, fmt.Errorf("middleware: the session's value under the UserKey %q is not a string but of type %T: give a User function", key, id)
		}
	}
}

// NewSession makes a gate from the host's own gorilla/sessions login. It only reads: it never saves a
// session, and neither sets, renews nor clears the host's cookie. It reports everything that is wrong
// with cfg.
//
// # Errors of the store
//
// A cookie that does not decode (forged, cut off, expired, signed with other keys, holding types that
// this program does not know) and the missing file of a [sessions.FilesystemStore] mean that the request
// is unauthenticated. Every other error of the store is answered with 503, such as that of a database
// that does not answer, or of a store without usable keys. Wrap a store that reports an unknown session
// as an error of its own, instead of returning a new session. Errors of a [securecookie.Codec] of the
// host's own count as a cookie that does not decode.
//
// # What is remembered
//
// The cookie of a [sessions.CookieStore] is the whole session, and decoding it costs more than all else
// on the way to an answer. For this store alone, and not for types that embed it, the gate remembers
// which user the exact bytes of a cookie stood for, and neither decodes nor calls User when the same
// bytes come again. User must then depend on the session only; if it looks up anything that may change,
// call [Gate.Invalidate] at the change, or set Remember to a negative duration. What is remembered ends
// at the earliest of:
//
//   - Remember;
//   - the cookie's own expiry, which is the lowest maximum age among the store's codecs and
//     Options.MaxAge, so never later than the store would end it;
//   - [Gate.Invalidate];
//   - any change of the store's Codecs, of their maximum ages or of Options.MaxAge, so that keys that
//     are taken out of service stop counting with the next request. Other changes inside a codec that
//     stays in its place may take as long as Remember;
//   - displacement by other cookies: at most 8,192 are remembered, none longer than 4,096 bytes.
//
// Revocations are asked for remembered cookies as well. Cookies that are not recognized are never remembered. Nothing is remembered if a codec is not a
// [securecookie.SecureCookie], since its expiry is not known then.
//
// The session of a CookieStore is read from the cookie that the browser sent. Changes that another
// handler has made to it during the same request are not seen. Other stores are asked through their
// Get, which returns the session that the request has registered already.
func NewSession(cfg SessionConfig) (*Gate, error) {
	wrong := cfg.validate()
	cfg = cfg.withDefaults()
	gate, err := New(newSessionRecognizer(cfg), Config{ // without Revocations: the Recognizer remembers their names
		LoginURL: cfg.LoginURL, ReturnParam: cfg.ReturnParam, Events: cfg.Events, Logger: cfg.Logger,
		SessionLifetime: cfg.SessionLifetime,
	})
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	return gate, nil
}

func newSessionRecognizer(cfg SessionConfig) *sessionRecognizer {
	s := &sessionRecognizer{
		name: cfg.Name, user: cfg.User, revocations: newRevocations(cfg.Revocations, cfg.SessionLifetime, cfg.Logger),
	}
	switch store := cfg.Store.(type) {
	case nil: // validate reports it
	case *sessions.CookieStore:
		// New and not Get: what is remembered belongs to the cookie, and so must what is read.
		s.load = store.New
		if cfg.Remember > 0 {
			s.memo = newMemo(store, cfg.Remember)
		}
	default:
		s.load = store.Get
	}
	return s
}

type sessionRecognizer struct {
	name string
	load func(r *http.Request, name string) (*sessions.Session, error)
	user func(*sessions.Session) (identity.User, error)
	memo *cookieMemo // nil where nothing may be remembered

	revocations *revocations
}

// Recognize implements [Recognizer].
func (s *sessionRecognizer) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	if s.memo == nil {
		u, _, err := s.read(r)
		return u, err
	}
	value, ok := cookie.Sole(r.Header, s.name)
	if !ok {
		u, _, err := s.read(r)
		return u, err
	}
	if u, names := s.memo.find(value); u != nil {
		if err := s.revocations.check(r.Context(), u, names); err != nil {
			return nil, err
		}
		return u, nil
	}
	begun := s.memo.begin()
	u, names, err := s.read(r)
	if err == nil {
		s.memo.keep(begun, value, u, names)
	}
	return u, err
}

// Invalidate implements [Invalidator].
func (s *sessionRecognizer) Invalidate(userID string) {
	if s.memo != nil {
		s.memo.invalidate(userID)
	}
}

// RevokeSessions implements [SessionRevoker].
func (s *sessionRecognizer) RevokeSessions(ctx context.Context, userID, session string) error {
	if s.revocations == nil {
		return nil
	}
	return s.revocations.revoke(ctx, userID, session)
}

func (s *sessionRecognizer) position(ctx context.Context) (string, error) {
	return s.revocations.position(ctx)
}

// SessionStores implements [SessionStorer].
func (s *sessionRecognizer) SessionStores() []revocation.Store { return s.revocations.stores() }

// HealthParts implements [health.Reporter].
func (s *sessionRecognizer) HealthParts() []health.Part { return s.revocations.HealthParts() }

// read asks the store, the host, and then the record of revocations. It also returns the session's names.
func (s *sessionRecognizer) read(r *http.Request) (*identity.User, []string, error) {
	u, err := s.recognize(r)
	if err != nil {
		return nil, nil, err
	}
	names := s.revocations.names(u)
	if err := s.revocations.check(r.Context(), u, names); err != nil {
		return nil, nil, err
	}
	return u, names, nil
}

// recognize asks the store and then the host.
func (s *sessionRecognizer) recognize(r *http.Request) (*identity.User, error) {
	session, err := s.load(r, s.name)
	switch {
	case err != nil && isVerdict(err):
		return nil, errUnreadable
	case err != nil:
		return nil, fmt.Errorf("middleware: the session store does not answer: %w", err)
	case session == nil:
		return nil, errors.New("middleware: the session store returned no session")
	case session.IsNew:
		return nil, errNoSession
	}
	u, err := s.user(session)
	if err == nil && u.ID == "" {
		return nil, errSessionNoUser
	}
	return signedIn(u, err)
}

// Sought says by what the recognizer finds a session.
func (s *sessionRecognizer) Sought() string { return fmt.Sprintf("the cookie %q", s.name) }

// isVerdict tells a store's verdict on a cookie from its failure to reach one.
func isVerdict(err error) bool {
	var several securecookie.MultiError
	if errors.As(err, &several) {
		// The codecs were tried one after the other; one that judged the cookie is enough.
		for _, e := range several {
			if !misconfigured(e) {
				return true
			}
		}
		return false
	}
	var single securecookie.Error
	if errors.As(err, &single) {
		return !misconfigured(err)
	}
	// A path error only: a database behind a Unix socket that is gone is a file that does not exist, too.
	var path *fs.PathError
	return errors.As(err, &path) && errors.Is(path, fs.ErrNotExist)
}

// misconfigured reports whether a codec could not even look at the cookie. Not all of securecookie's
// verdicts have its error type: that on a value which is too long is a plain error.
func misconfigured(err error) bool {
	var e securecookie.Error
	return errors.As(err, &e) && !e.IsDecode()
}
