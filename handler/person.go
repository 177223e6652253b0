package handler

import (
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/personal"
	"github.com/go-pme/pme/issuer"
)

// person is an endpoint for signed-in people. It cannot be reached without one: the person is an
// argument, and only the two methods below supply it.
type person struct {
	method string
	serve  func(http.ResponseWriter, *http.Request, *identity.User)
}

// forPerson makes an endpoint that answers one method.
func forPerson(method string, serve func(http.ResponseWriter, *http.Request, *identity.User)) personal.Handler {
	return person{method, serve}
}

// ServeHTTP takes the person from the request's context.
func (p person) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	p.ServeUser(w, r, u)
}

// ServeUser implements [personal.Handler].
func (p person) ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User) {
	switch {
	case !answers(w, r, p.method):
	case !u.SignedIn():
		refuse(w, issuer.ErrNotSignedIn)
	default:
		p.serve(w, r, u)
	}
}
