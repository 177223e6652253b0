// Package personal lets a gate hand the signed-in user to an endpoint directly. Putting the user into
// the request's context would copy the whole request, which costs more than a cached token does.
package personal

import (
	"context"
	"net/http"

	"github.com/go-pme/pme/identity"
)

// A Handler is an endpoint that accepts the signed-in user as an argument.
//
// ServeUser must refuse a user that is not signed in. ServeHTTP takes the user from the request's
// context and must refuse a request without one.
type Handler interface {
	http.Handler

	// Begin is called before it is known who sent the request. It returns what ServeUser has to know of
	// that time: for an endpoint that issues tokens, the mark of an issuer.
	Begin(ctx context.Context) (mark string)

	ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User, mark string)
}

// Serving returns the two functions by which a gate serves next: begin before it recognizes the user, and serve
// after. They call next directly if it is a [Handler], and through the request's context otherwise.
func Serving(next http.Handler) (
	begin func(context.Context) string,
	serve func(http.ResponseWriter, *http.Request, *identity.User, string),
) {
	if direct, ok := next.(Handler); ok {
		return direct.Begin, direct.ServeUser
	}
	return Unmarked, func(w http.ResponseWriter, r *http.Request, u *identity.User, _ string) {
		next.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), u)))
	}
}

// Unmarked is the Begin of an endpoint that need know nothing of that time.
func Unmarked(context.Context) string { return "" }
