package middleware

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
)

const (
	errNoSession  nobody = "no session"
	errUnreadable nobody = "the session cookie cannot be read: forged, cut off, expired or from other keys"
)

// Session makes a gate from the host's own gorilla/sessions login: its store, the name of its session,
// and a function from session to person. It only reads: it never saves a session, and neither sets,
// renews nor clears the host's cookie.
//
// # The user function
//
// It returns an [identity.User] with an ID for a signed-in person, a User without an ID for nobody,
// and an error when it cannot tell. It is not called for a new session. It may run concurrently and
// must not keep the session. A panic in it, such as a type assertion on a value that another version
// of the host has written, is not caught here: use the form with two results. Nothing it returns is
// verified.
//
// # Which errors mean nobody
//
// A cookie that does not decode (forged, cut off, expired, signed with other keys, holding types that
// this program does not know) and the missing file of a [sessions.FilesystemStore] mean that nobody is
// signed in. Every other error of the store is doubt: a database that does not answer, or a store
// without usable keys. A store that reports an unknown session as an error of its own, instead of
// returning a new session, therefore leads to 503; wrap it. Errors of a [securecookie.Codec] of the
// host's own count as a cookie that does not decode.
//
// # What is remembered
//
// The cookie of a [sessions.CookieStore] is the whole session, and decoding it costs more than all
// else on the way to an answer. For this store alone, and not for types that embed it, the gate
// remembers which person the exact bytes of a cookie stood for, and neither decodes nor calls the user
// function when the same bytes come again. The user function must then depend on nothing but the
// session; where it looks anything up that may change, call [Gate.Invalidate] at the change or choose
// [Remember](0). What is remembered ends at the earliest of:
//
//   - the duration of [Remember];
//   - the cookie's own expiry, which is the lowest maximum age among the store's codecs and
//     Options.MaxAge, so never later than the store would end it;
//   - [Gate.Invalidate];
//   - any change of the store's Codecs, of their maximum ages or of Options.MaxAge, so that keys that
//     are taken out of service stop counting with the next request. Other changes inside a codec that
//     stays in its place may take as long as Remember;
//   - displacement by other cookies: at most 8,192 are remembered, none longer than 4,096 bytes.
//
// Cookies that are not recognised are never remembered. Nothing is remembered if a codec is not a
// [securecookie.SecureCookie], since its expiry is not known then.
//
// The session of a CookieStore is read from the cookie that the browser sent. Changes that another
// handler has made to it during the same request are not seen. Other stores are asked through their
// Get, which returns the session that the request has registered already.
//
// Session panics if store or user is nil, name is not a cookie name, or an option cannot be used; all
// that is wrong is in the panic's message.
func Session(
	store sessions.Store, name string, user func(*sessions.Session) (identity.User, error), opts ...Option,
) *Gate {
	o := collect(opts)
	if store == nil {
		o.reject(errors.New("the session store is missing"))
	}
	if (&http.Cookie{Name: name}).Valid() != nil { //nolint:gosec // it is never set: only the name is looked at
		o.reject(fmt.Errorf("%q cannot be the name of a session, as it cannot be that of a cookie", name))
	}
	if user == nil {
		o.reject(errors.New("the user function is missing"))
	}
	s := &sessionRecogniser{name: name, user: user}
	switch st := store.(type) {
	case nil:
	case *sessions.CookieStore:
		// New and not Get: what is remembered belongs to the cookie, and so must what is read.
		s.load = st.New
		if o.remember > 0 {
			s.memo = newMemo(st, o.remember, o.now)
		}
	default:
		s.load = st.Get
	}
	return newGate("Session", s, o)
}

type sessionRecogniser struct {
	name string
	load func(r *http.Request, name string) (*sessions.Session, error)
	user func(*sessions.Session) (identity.User, error)
	memo *memo // nil where nothing may be remembered
}

func (s *sessionRecogniser) recognise(r *http.Request) (*identity.User, error) {
	if s.memo == nil {
		return s.read(r)
	}
	value, ok := soleCookie(r.Header, s.name)
	if !ok {
		return s.read(r)
	}
	if u, ok := s.memo.find(value); ok {
		return u, nil
	}
	begun := s.memo.begin()
	u, err := s.read(r)
	if err == nil {
		s.memo.keep(begun, value, u)
	}
	return u, err
}

func (s *sessionRecogniser) forget(userID string) {
	if s.memo != nil {
		s.memo.forget(userID)
	}
}

// read asks the store and then the host.
func (s *sessionRecogniser) read(r *http.Request) (*identity.User, error) {
	session, err := s.load(r, s.name)
	switch {
	case err != nil && meansNobody(err):
		return nil, errUnreadable
	case err != nil:
		return nil, fmt.Errorf("middleware: the session store does not answer: %w", err)
	case session == nil:
		return nil, errors.New("middleware: the session store returned no session")
	case session.IsNew:
		return nil, errNoSession
	}
	return person(s.user(session))
}

// meansNobody tells a store's verdict on a cookie from its failure to reach one.
func meansNobody(err error) bool {
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
