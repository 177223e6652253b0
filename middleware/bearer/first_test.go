package bearer_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// withSession is a gate that takes a token first, and a session cookie after that.
func withSession(t *testing.T) *middleware.Gate {
	t.Helper()
	session, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		c, err := r.Cookie("session")
		if err != nil {
			return identity.User{}, nil //nolint:nilerr // no session
		}
		return identity.User{ID: c.Value}, nil
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		t.Fatal(err)
	}
	gate, err := middleware.First(newProvider().bearer(t), session)
	if err != nil {
		t.Fatal(err)
	}
	return gate
}

func TestBadTokenIsNotPassedOverForASession(t *testing.T) {
	g := withSession(t)
	both := func(authorization string) *http.Request {
		r := request("session=bob")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		return r
	}
	wantSignedIn(t, g, both("Bearer "+aliceToken(nil)), aliceID)
	wantSignedIn(t, g, both(""), "bob")
	wantSignedIn(t, g, both("Basic YTpi"), "bob")
	wantRejected(t, g, both("Bearer "+aliceToken(map[string]any{"exp": 1})), http.StatusUnauthorized, "invalid_token")
	wantRejected(t, g, both("Bearer"), http.StatusBadRequest, "invalid_request")
	wantRejected(t, g, both("Bearer "+aliceToken(map[string]any{"hasgroups": true})), http.StatusForbidden, "access_denied")

	w, _ := visit(g, both("Bearer abc"))
	if got := w.Header().Get("WWW-Authenticate"); got == "" {
		t.Error("the refusal of a token has no challenge")
	}
}

func TestCloseEndsAFetchInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProvider()
		p.delay = 10 * time.Second
		g := p.bearer(t)
		status := make(chan int, 1)
		go func() {
			w, _ := visit(g, withToken(aliceToken(nil)))
			status <- w.Code
		}()
		synctest.Wait()
		began := time.Now()
		if err := g.Close(); err != nil || time.Since(began) != 0 {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
		if got := <-status; got != http.StatusServiceUnavailable {
			t.Errorf("the waiting request got %d", got)
		}
		wantDoubt(t, g, aliceToken(nil))
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRememberedTokensOutliveClose(t *testing.T) {
	g := newProvider().bearer(t)
	token := aliceToken(nil)
	wantSignedIn(t, g, withToken(token), aliceID)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	wantSignedIn(t, g, withToken(token), aliceID)
}
