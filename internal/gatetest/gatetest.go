// Package gatetest sends requests through gates in tests, and looks at what becomes of them.
package gatetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
)

// A Gate is a middleware's gate, or what is used like one.
type Gate interface {
	Require(next http.Handler) http.Handler
}

// Request is a script's GET with those Cookie headers.
func Request(cookieHeader ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/pme/token?modelId=SxQL3iGyoDo", nil)
	if len(cookieHeader) > 0 {
		r.Header["Cookie"] = cookieHeader
	}
	return r
}

// Navigation turns r into what a browser sends when a person opens a page.
func Navigation(r *http.Request) *http.Request {
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	return r
}

// Visit sends r through the gate and returns the answer and the ID of the user that was let through, or
// "" if the request was refused.
func Visit(g Gate, r *http.Request) (answer *httptest.ResponseRecorder, userID string) {
	w := httptest.NewRecorder()
	g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if u, ok := identity.FromContext(r.Context()); ok {
			userID = u.ID
		}
	})).ServeHTTP(w, r)
	return w, userID
}

// User sends r through the gate and returns the user that the gate puts into the context.
func User(tb testing.TB, g Gate, r *http.Request) *identity.User {
	tb.Helper()
	var u *identity.User
	w := httptest.NewRecorder()
	g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		u, _ = identity.FromContext(r.Context())
	})).ServeHTTP(w, r)
	if u == nil {
		tb.Fatalf("refused: %d %s", w.Code, w.Body)
	}
	return u
}

// WantSignedIn fails unless the gate lets r through as the user with that ID.
func WantSignedIn(tb testing.TB, g Gate, r *http.Request, want string) {
	tb.Helper()
	if w, got := Visit(g, r); got != want || w.Code != http.StatusOK {
		tb.Errorf("let through %q with status %d, want %q", got, w.Code, want)
	}
}

// WantUnauthenticated fails unless the gate answers r with 401.
func WantUnauthenticated(tb testing.TB, g Gate, r *http.Request) {
	tb.Helper()
	if w, got := Visit(g, r); got != "" || w.Code != http.StatusUnauthorized {
		tb.Errorf("let through %q with status %d, want 401", got, w.Code)
	}
}

// WantRejected fails unless the gate answers r with that status and error code, in JSON.
func WantRejected(tb testing.TB, g Gate, r *http.Request, status int, code string) {
	tb.Helper()
	w, user := Visit(g, r)
	if user != "" || w.Code != status {
		tb.Errorf("let through %q with status %d, want %d", user, w.Code, status)
		return
	}
	if got := ErrorObject(tb, w)["error"]; got != code {
		tb.Errorf("error %q, want %q", got, code)
	}
}

// ErrorObject returns the JSON object of an error answer.
func ErrorObject(tb testing.TB, w *httptest.ResponseRecorder) map[string]string {
	tb.Helper()
	if ct := w.Header().Get("Content-Type"); ct != "application/json" {
		tb.Fatalf("Content-Type %q, body %q, want JSON", ct, w.Body)
	}
	var object map[string]string
	if err := json.NewDecoder(strings.NewReader(w.Body.String())).Decode(&object); err != nil {
		tb.Fatalf("body %q: %v", w.Body, err)
	}
	return object
}
