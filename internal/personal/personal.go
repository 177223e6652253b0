// Package personal lets a gate hand the signed-in user to an endpoint directly. Putting the user into
// the request's context would copy the whole request, which costs more than a cached token does.
package personal

import (
	"net/http"

	"github.com/go-pme/pme/identity"
)

// A Handler is an endpoint that accepts the signed-in user as an argument.
//
// ServeUser must refuse a user that is not signed in. ServeHTTP takes the user from the request's
// context and must refuse a request without one.
type Handler interface {
	http.Handler
	ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User)
}

// Serve returns a function that calls next for a user: directly if next is a [Handler], and through the
// request's context otherwise.
func Serve(next http.Handler) func(w http.ResponseWriter, r *http.Request, u *identity.User) {
	if direct, ok := next.(Handler); ok {
		return direct.ServeUser
	}
	return func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		next.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), u)))
	}
}
