package middleware_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// gateOf makes a gate of a middleware.
type gateOf func(http.Handler) http.Handler

func (f gateOf) Require(next http.Handler) http.Handler { return f(next) }

func TestRequireAsksOnlyForPeople(t *testing.T) {
	var asked []string
	admins := middleware.Require(func(u identity.User) error {
		asked = append(asked, u.ID)
		if u.ID != "root" {
			return errors.New("TOPSECRET reason")
		}
		return nil
	})
	ran := 0
	h := admins(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ran++ }))
	as := func(id string) gateOf {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: id})))
			})
		}
	}
	if w, _ := visit(as("root"), request()); w.Code != http.StatusOK || ran != 1 {
		t.Errorf("root: status %d, ran %d times", w.Code, ran)
	}
	w, _ := visit(as("alice"), request())
	if object := errorObject(t, w); w.Code != http.StatusForbidden || object["error"] != "access_denied" {
		t.Errorf("alice: %d %v, want 403 access_denied", w.Code, object)
	}
	page, _ := visit(as("alice"), navigation(request()))
	if page.Code != http.StatusForbidden || page.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(page.Body.String(), "alice") {
		t.Errorf("alice's page: %d %v", page.Code, page.Header())
	}
	if all := fmt.Sprint(w.Body, page.Body); strings.Contains(all, "TOPSECRET") {
		t.Errorf("the host's error went to the browser: %s", all)
	}
	for _, nobody := range []gateOf{as(""), func(http.Handler) http.Handler { return h }} {
		w, _ := visit(nobody, request())
		if object := errorObject(t, w); w.Code != http.StatusUnauthorized || object["error"] != "login_required" {
			t.Errorf("nobody: %d %v, want 401 login_required", w.Code, object)
		}
	}
	if ran != 1 || !slices.Equal(asked, []string{"root", "alice", "alice"}) {
		t.Errorf("ran %d times, asked for %q", ran, asked)
	}
}

func TestRequireWithoutAFunctionRefusesEveryRequest(t *testing.T) {
	all := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil })
	g := gateOf(func(next http.Handler) http.Handler { return all.Require(middleware.Require(nil)(next)) })
	wantRejected(t, g, request(), http.StatusForbidden, "access_denied")
}
