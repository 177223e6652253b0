package middleware

import (
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
)

// notAllowed is what a visitor reads who may not see something.
const notAllowed = "You may not see this."

// Require makes a middleware for the host's own routes behind a gate. It lets a request through if allow
// returns nil for its user:
//
//	admins := middleware.Require(func(u identity.User) error {
//		if !slices.Contains(u.Groups, "admins") {
//			return errors.New("not an administrator")
//		}
//		return nil
//	})
//	mux.Handle("/admin/", gate.Require(admins(adminPages)))
//
// All other requests get 403: access_denied in JSON, or a short text for a person who opens a page. The
// text of the error is not shown. A request without a user in its context, as when no gate is in front,
// gets 401, and allow is not asked.
//
// Without a function, Require lets no request through. A panic in allow is not caught here.
func Require(allow func(identity.User) error) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			u, ok := identity.FromContext(r.Context())
			switch {
			case !ok:
				answer.Error(w, http.StatusUnauthorized, "login_required", "Please sign in.")
			case allow == nil || allow(*u) != nil:
				deny(w, r)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

func deny(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", vary)
	if answer.IsNavigation(r) {
		page(w, http.StatusForbidden, notAllowed)
		return
	}
	answer.Error(w, http.StatusForbidden, accessDenied, notAllowed)
}
