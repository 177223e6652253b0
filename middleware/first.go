package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-pme/pme/identity"
)

// Member is a gate that [First] can ask: a [*Gate], an [*OIDC], or a [*Chain].
type Member interface {
	Require(next http.Handler) http.Handler
	Invalidate(userID string)

	// admit returns a signed-in user or an error, as a recogniser does. It may write a cookie, but no
	// answer.
	admit(w http.ResponseWriter, r *http.Request) (*identity.User, error)

	// refusals are how the gate answers those whom it does not let through.
	refusals() *refusal

	// hides returns what the request is passed on with; nil: as it came.
	hides() func(http.Header) http.Header
}

// Chain is several gates, asked in order. It is made by [First] and is safe for concurrent use.
type Chain struct{ members []Member }

// First makes one gate of several, for people who come in different ways: a single-page application
// with a token, a browser with a session.
//
//	middleware.First(bearer, session)
//
// They are asked in order, and the first that recognises somebody decides who it is. Nobody is passed
// on to the next. A credential that is there and does not count, and doubt, end it: whoever sends a token
// is not to be taken for somebody else because it has expired, nor because the keys cannot be had.
//
// Whoever is not let through gets the answer of the last gate: put the one with the login page there.
// Headers that any of them would read as saying who is asking (see [NewTrustedHeader]) are not passed on,
// whichever of them has decided.
//
// The gates must agree on IDs, if people are to be the same by whatever way they come. First panics if
// there is no gate, or one of them is nil.
func First(members ...Member) *Chain {
	if len(members) == 0 {
		panic(errors.New("middleware: First needs a gate"))
	}
	for i, m := range members {
		if g, ok := m.(*Gate); m == nil || ok && g == nil {
			panic(fmt.Errorf("middleware: gate %d of First is nil: was its constructor's error looked at?", i+1))
		}
	}
	return &Chain{members: append([]Member(nil), members...)}
}

// Require lets only people through to next whom one of the gates recognises; see [Gate.Require].
func (c *Chain) Require(next http.Handler) http.Handler { return guard(c, next) }

// Invalidate drops what any of the gates remembers of the user; see [Gate.Invalidate].
func (c *Chain) Invalidate(userID string) {
	for _, m := range c.members {
		m.Invalidate(userID)
	}
}

// OnSignOut adds f to what is called when somebody signs out, at each gate that people can sign out at;
// see [OIDC.OnSignOut].
func (c *Chain) OnSignOut(f func(ctx context.Context, userID, session string)) {
	for _, m := range c.members {
		if s, ok := m.(interface {
			OnSignOut(f func(ctx context.Context, userID, session string))
		}); ok {
			s.OnSignOut(f)
		}
	}
}

func (c *Chain) admit(w http.ResponseWriter, r *http.Request) (u *identity.User, err error) {
	for _, m := range c.members {
		u, err = m.admit(w, r)
		var reason nobody
		if err == nil || !errors.As(err, &reason) {
			break
		}
	}
	return u, err
}

func (c *Chain) refusals() *refusal { return c.members[len(c.members)-1].refusals() }

func (c *Chain) hides() func(http.Header) http.Header {
	var all func(http.Header) http.Header
	for _, m := range c.members {
		hide, before := m.hides(), all
		switch {
		case hide == nil:
		case before == nil:
			all = hide
		default:
			all = func(h http.Header) http.Header { return hide(before(h)) }
		}
	}
	return all
}

func (g *Gate) admit(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	return g.who.recognise(r)
}

func (g *Gate) refusals() *refusal { return &g.refusal }

func (g *Gate) hides() func(http.Header) http.Header { return g.hide }

func (o *OIDC) refusals() *refusal { return &o.refusal }

func (o *OIDC) hides() func(http.Header) http.Header { return nil }
