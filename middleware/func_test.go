package middleware_test

import (
	"net/http"
	"testing"

	"github.com/go-pme/pme/identity"
)

func fromHeader(r *http.Request) (identity.User, error) {
	return identity.User{ID: r.Header.Get("X-User")}, nil
}

func TestFuncLetsThroughWhomTheHostNames(t *testing.T) {
	g := ask(fromHeader)
	r := request()
	r.Header.Set("X-User", "alice")
	wantSignedIn(t, g, r, "alice")
	wantUnauthenticated(t, g, request())
}

func TestFuncAsksTheHostEveryTime(t *testing.T) {
	user := "alice"
	g := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: user}, nil })
	wantSignedIn(t, g, request(), "alice")
	g.Invalidate("alice") // has nothing to forget
	user = "bob"
	wantSignedIn(t, g, request(), "bob")
	user = ""
	wantUnauthenticated(t, g, request())
}

func TestPanicOfTheHostIsNotCaught(t *testing.T) {
	g := ask(func(*http.Request) (identity.User, error) { panic("host") })
	if got := recovered(func() { visit(g, request()) }); got != "host" {
		t.Errorf("panic value %v, want the host's own", got)
	}
}

func TestInnerGateReplacesThePersonOfTheOuterOne(t *testing.T) {
	outer := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "outer"}, nil })
	inner := ask(fromHeader)
	var got []string
	h := outer.Require(inner.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		got = append(got, u.ID)
	})))
	r := request()
	r.Header.Set("X-User", "inner")
	h.ServeHTTP(nil, r)
	if len(got) != 1 || got[0] != "inner" {
		t.Errorf("handler saw %q, want the inner gate's person", got)
	}
}

func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
