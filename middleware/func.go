package middleware

import (
	"errors"
	"net/http"

	"github.com/go-pme/pme/identity"
)

// Func makes a gate for hosts with any other login: another session library, a token, a value that
// the host's own middleware has put into the request's context.
//
// The user function returns an [identity.User] with an ID for a signed-in person, a User without an
// ID for nobody, and an error when it cannot tell, which is answered with 503; whatever User comes
// with an error is ignored. It runs on every request, several at once, and must not keep the request. A
// panic in it is not caught here. Nothing it returns is verified: it vouches for every field.
//
// [Remember] and [Now] have no effect, as nothing is remembered. Func panics if user is nil or an
// option cannot be used; all that is wrong is in the panic's message.
func Func(user func(*http.Request) (identity.User, error), opts ...Option) *Gate {
	o := collect(opts)
	if user == nil {
		o.reject(errors.New("the user function is missing"))
	}
	return newGate("Func", funcRecogniser(user), o)
}

type funcRecogniser func(*http.Request) (identity.User, error)

func (f funcRecogniser) recognise(r *http.Request) (*identity.User, error) { return person(f(r)) }

func (f funcRecogniser) forget(string) {}
