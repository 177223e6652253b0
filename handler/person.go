package handler

import (
	"context"
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
	begin  func(context.Context) string
	serve  func(http.ResponseWriter, *http.Request, *identity.User, string)
}

// forPerson makes an endpoint that answers one method.
func forPerson(method string, serve func(http.ResponseWriter, *http.Request, *identity.User)) personal.Handler {
	return person{method, personal.Unmarked, func(w http.ResponseWriter, r *http.Request, u *identity.User, _ string) {
		serve(w, r, u)
	}}
}

// ServeHTTP takes the user from the request's context, and the mark too if [Begin] has put one there.
func (p person) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	p.ServeUser(w, r, u, p.begin(r.Context()))
}

// Begin implements [personal.Handler].
func (p person) Begin(ctx context.Context) string { return p.begin(ctx) }

// ServeUser implements [personal.Handler].
func (p person) ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User, mark string) {
	switch {
	case !answer.OnlyMethod(w, r, p.method):
	case !u.SignedIn():
		refuse(w, issuer.ErrNotSignedIn)
	default:
		p.serve(w, r, u, mark)
	}
}
