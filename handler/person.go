package handler

import (
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/personal"
	"github.com/go-pme/pme/issuer"
)

// person is a JSON endpoint for signed-in users. It cannot be reached without one: the user is an
// argument, and only the two methods below supply it.
type person struct {
	method string
	serve  func(http.ResponseWriter, *http.Request, *identity.User)
}

// forPerson makes an endpoint that answers one method.
func forPerson(method string, serve func(http.ResponseWriter, *http.Request, *identity.User)) personal.Handler {
	return person{method, serve}
}

// ServeHTTP takes the user from the request's context.
func (p person) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	p.ServeUser(w, r, u)
}

// ServeUser implements [personal.Handler].
func (p person) ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User) {
	switch {
	case !answer.OnlyMethod(w, r, p.method):
	case !u.SignedIn():
		refuse(w, issuer.ErrNotSignedIn)
	default:
		p.serve(w, r, u)
	}
}
