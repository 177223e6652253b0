package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// told is an endpoint that wants to be told who asks.
type told struct{ by, inContext string }

func (e *told) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	e.inContext = u.ID
}

func (e *told) ServeUser(_ http.ResponseWriter, _ *http.Request, u *identity.User) { e.by = u.ID }

func TestEndpointThatWantsToBeToldIsTold(t *testing.T) {
	var e told
	g := middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil })
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	g.Require(&e).ServeHTTP(httptest.NewRecorder(), r)
	if e != (told{by: "alice"}) {
		t.Errorf("%+v, want to be told of alice, once", e)
	}
	g.Require(http.HandlerFunc(e.ServeHTTP)).ServeHTTP(httptest.NewRecorder(), r)
	if e.inContext != "alice" {
		t.Errorf("%+v, want alice in the context of any other handler", e)
	}
}
