package personal_test

import (
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

func (e *recorder) ServeUser(_ http.ResponseWriter, _ *http.Request, u *identity.User) {
	e.direct = u.ID
}

func TestServePassesTheUser(t *testing.T) {
	alice := &identity.User{ID: "alice"}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)

	var direct recorder
	personal.Serve(&direct)(httptest.NewRecorder(), r, alice)
	if direct != (recorder{direct: "alice"}) {
		t.Errorf("a Handler got %+v, want alice as an argument, once", direct)
	}
	var plain recorder
	personal.Serve(http.HandlerFunc(plain.ServeHTTP))(httptest.NewRecorder(), r, alice)
	if plain != (recorder{inContext: "alice"}) {
		t.Errorf("another handler got %+v, want alice in the context, once", plain)
	}
}
