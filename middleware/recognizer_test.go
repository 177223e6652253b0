package middleware_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// recognize is a Recognizer of one function.
type recognize func(w http.ResponseWriter, r *http.Request) (*identity.User, error)

func (f recognize) Recognize(w http.ResponseWriter, r *http.Request) (*identity.User, error) {
	return f(w, r)
}

func TestRecognizerMayAddHeadersToTheAnswer(t *testing.T) {
	g := keyGate(new(keys))
	w, user := visit(g, withKey("alice"))
	if user != "alice" || w.Header().Get("Key-Seen") != "yes" {
		t.Errorf("let through %q with headers %v", user, w.Header())
	}
}

func TestGateFailsClosedWhateverTheRecognizerReturns(t *testing.T) {
	alice := &identity.User{ID: "alice"}
	for name, tc := range map[string]struct {
		user   *identity.User
		err    error
		status int
		code   string
	}{
		"neither":                      {nil, nil, 401, "login_required"},
		"a user without ID":            {&identity.User{Name: "Alice"}, nil, 401, "login_required"},
		"a user beside an error":       {alice, errDatabase, 503, "temporarily_unavailable"},
		"a user beside a rejection":    {alice, &middleware.Rejection{Status: 400, Code: "bad"}, 400, "bad"},
		"not signed in beside a user":  {alice, middleware.ErrNotSignedIn, 401, "login_required"},
		"an empty rejection":           {nil, &middleware.Rejection{}, 403, "access_denied"},
		"a rejection with status OK":   {nil, &middleware.Rejection{Status: 200, Code: "fine"}, 403, "fine"},
		"a rejection with a redirect":  {nil, &middleware.Rejection{Status: 302}, 403, "access_denied"},
		"a rejection inside an error":  {nil, errors.Join(errDatabase, &middleware.Rejection{Status: 401, Code: "old"}), 401, "old"},
		"an error that wraps the kind": {nil, errors.Join(errDatabase, middleware.ErrNotSignedIn), 401, "login_required"},
	} {
		g := must(middleware.New(recognize(func(http.ResponseWriter, *http.Request) (*identity.User, error) {
			return tc.user, tc.err
		}), middleware.Config{}))
		w, user := visit(g, request())
		if user != "" || w.Code != tc.status {
			t.Errorf("%s: let through %q with status %d, want %d", name, user, w.Code, tc.status)
			continue
		}
		if got := errorObject(t, w); got["error"] != tc.code || got["error_description"] == "" {
			t.Errorf("%s: answered %v, want %s", name, got, tc.code)
		}
	}
}

func TestGateOfNothingIsReported(t *testing.T) {
	for name, r := range map[string]middleware.Recognizer{"nil": nil, "nil function": middleware.Func(nil)} {
		if g, err := middleware.New(r, middleware.Config{}); g != nil || err == nil {
			t.Errorf("%s: %v, %v", name, g, err)
		}
	}
}

func TestGateWithoutCapabilitiesIgnoresTheirCalls(t *testing.T) {
	g := ask(fromHeader)
	g.Invalidate("alice")
	g.OnSignOut(nil)
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}
