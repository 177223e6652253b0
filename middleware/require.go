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
// All other requests get 403: access_denied in JSON, or a page for a person, which looks like those of the
// gate if the gate is directly in front. The text of the error is not shown. A request without a user in
// its context, as when no gate is in front, gets 401, and allow is not asked.
//
// Without a function, Require lets no request through. A panic in allow is not caught here.
func Require(allow func(identity.User) error) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return &requirement{allow: allow, next: next} }
}

// requirement is the handler of [Require].
type requirement struct {
	allow func(identity.User) error
	next  http.Handler
	look  *look // nil: the built-in one
}

// like returns c with pages of that look.
func (c *requirement) like(l *look) *requirement {
	own := *c
	own.look = l
	return &own
}

// ServeHTTP implements [http.Handler].
func (c *requirement) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, ok := identity.FromContext(r.Context())
	switch {
	case !ok:
		c.refuse(w, r, answer.Refusal{Status: http.StatusUnauthorized, Code: "login_required", Text: "Please sign in."})
	case c.allow == nil || c.allow(*u) != nil:
		c.refuse(w, r, answer.Refusal{Status: http.StatusForbidden, Code: accessDenied, Text: notAllowed})
	default:
		c.next.ServeHTTP(w, r)
	}
}

func (c *requirement) refuse(w http.ResponseWriter, r *http.Request, out answer.Refusal) {
	w.Header().Add("Vary", vary)
	c.look.refuse(w, r, out, "")
}
