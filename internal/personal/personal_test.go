package personal_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/personal"
)

// recorder notes the user that each of its two methods was called with.
type recorder struct{ direct, inContext string }

func (e *recorder) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	e.inContext = u.ID
}

func (e *recorder) Begin(context.Context) string { return "the mark of " }

func (e *recorder) ServeUser(_ http.ResponseWriter, _ *http.Request, u *identity.User, mark string) {
	e.direct = mark + u.ID
}

// serve does what a gate does.
func serve(next http.Handler, r *http.Request, u *identity.User) {
	begin, serve := personal.Serving(next)
	mark := begin(r.Context())
	serve(httptest.NewRecorder(), r, u, mark)
}

func TestServePassesTheUser(t *testing.T) {
	alice := &identity.User{ID: "alice"}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)

	var direct recorder
	serve(&direct, r, alice)
	if direct != (recorder{direct: "the mark of alice"}) {
		t.Errorf("a Handler got %+v, want its mark and alice as arguments, once", direct)
	}
	var plain recorder
	serve(http.HandlerFunc(plain.ServeHTTP), r, alice)
	if plain != (recorder{inContext: "alice"}) {
		t.Errorf("another handler got %+v, want alice in the context, once", plain)
	}
}
