package middleware

import (
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/personal"
)

// Gate asks who is there. [Session], [Func], [NewBearer], [NewTrustedHeader] and [First] make one. It is
// safe for concurrent use.
type Gate struct {
	who     recogniser
	refusal refusal
	hide    func(http.Header) http.Header // what the request is passed on with; nil: as it came
}

// recogniser is one way of telling who sent a request; each kind of gate has its own.
type recogniser interface {
	// recognise returns a signed-in user or an error, never both and never neither. An error of type
	// nobody says that nobody is signed in, a *rejection that somebody sent a credential that does not
	// count; any other error is doubt.
	recognise(r *http.Request) (*identity.User, error)

	// forget drops what is remembered of the user.
	forget(userID string)
}

// nobody is the certain answer that nobody is signed in. Its text is the reason, for the log.
type nobody string

func (n nobody) Error() string { return string(n) }

const errNamesNobody nobody = "the login names nobody"

// Require lets only signed-in people through to next and puts their [identity.User] into the
// request's context, in place of one that is there already. Everybody else is refused as the package's documentation says, and next does not run.
//
// It does not check what the person may do, nor where a request comes from: guard routes that change
// state with [http.CrossOriginProtection] as well.
func (g *Gate) Require(next http.Handler) http.Handler { return guard(g, next) }

// guard is the Require of all members.
func guard(m Member, next http.Handler) http.Handler {
	refusals, hide := m.refusals(), m.hides()
	serve := personal.Serve(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := m.admit(w, r)
		if err != nil {
			refusals.answer(w, r, err)
			return
		}
		if hide != nil {
			r = r.WithContext(r.Context())
			r.Header = hide(r.Header)
		}
		serve(w, r, u)
	})
}

// Invalidate drops every remembered recognition of the user with that ID, so that the next request asks
// the host again; a recognition that is under way while Invalidate runs is not remembered either. Call it
// when a person signs out, is locked out, or changes groups.
//
// It does not end the person's session: a cookie that is still valid is recognised anew if the host's
// user function says so. On a gate that remembers nothing it does nothing.
func (g *Gate) Invalidate(userID string) { g.who.forget(userID) }

// person turns the answer of a host's user function into that of a recogniser.
func person(u identity.User, err error) (*identity.User, error) {
	switch {
	case err != nil:
		return nil, err
	case !u.SignedIn():
		return nil, errNamesNobody
	}
	return &u, nil
}
