package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// says makes a gate that always gives the same answer, and counts how often it is asked.
func says(id string, err error, asked *int) *middleware.Gate {
	return ask(func(*http.Request) (identity.User, error) {
		*asked++
		return identity.User{ID: id}, err
	}, loginAt("/login-of-"+id))
}

// keys is a host's own way of recognizing users: "Authorization: Key alice" is alice's.
type keys struct {
	invalidated, closed []string
	onSignOut           []func(ctx context.Context, userID, session string)
}

func (k *keys) Recognize(w http.ResponseWriter, r *http.Request) (*identity.User, error) {
	id, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Key ")
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: no key", middleware.ErrNotSignedIn)
	case id == "":
		return nil, fmt.Errorf("reading the key: %w", &middleware.Rejection{
			Status: http.StatusUnauthorized, Code: "invalid_key", Text: "This key is not valid.", Challenge: "Key", Reason: "empty",
		})
	}
	w.Header().Set("Key-Seen", "yes")
	return &identity.User{ID: id}, nil
}

func (k *keys) Invalidate(userID string) { k.invalidated = append(k.invalidated, userID) }

func (k *keys) OnSignOut(f func(ctx context.Context, userID, session string)) {
	k.onSignOut = append(k.onSignOut, f)
}

func (k *keys) Close() error {
	k.closed = append(k.closed, "keys")
	return errors.New("stuck")
}

func withKey(id string) *http.Request {
	r := request()
	r.Header.Set("Authorization", "Key "+id)
	return r
}

func keyGate(k *keys) *middleware.Gate {
	return must(middleware.New(k, middleware.Config{Challenge: `Key realm="pme"`}))
}

func TestFirstGateThatRecognizesAUserDecides(t *testing.T) {
	var asked [3]int
	wantSignedIn(t, first(says("", nil, &asked[0]), says("alice", nil, &asked[1]), says("bob", nil, &asked[2])), request(), "alice")
	if asked != [3]int{1, 1, 0} {
		t.Errorf("asked %v times, want each once until a user is recognized", asked)
	}
}

func TestErrorOfAGateEndsTheSearch(t *testing.T) {
	var asked [2]int
	w, user := visit(first(says("", errDatabase, &asked[0]), says("bob", nil, &asked[1])), request())
	if user != "" || w.Code != http.StatusServiceUnavailable || asked[1] != 0 {
		t.Errorf("let through %q with status %d, the next asked %d times", user, w.Code, asked[1])
	}
}

func TestRejectedCredentialEndsTheSearch(t *testing.T) {
	var asked int
	g := first(keyGate(new(keys)), says("bob", nil, &asked))
	wantSignedIn(t, g, withKey("alice"), "alice")
	wantSignedIn(t, g, request(), "bob")
	w, user := visit(g, withKey(""))
	if user != "" || w.Code != http.StatusUnauthorized || asked != 1 {
		t.Errorf("let through %q with status %d, the next asked %d times", user, w.Code, asked)
	}
	if got := w.Header().Get("WWW-Authenticate"); got != "Key" {
		t.Errorf("challenge %q", got)
	}
	if got := errorObject(t, w); got["error"] != "invalid_key" || got["error_description"] != "This key is not valid." || got["login_url"] != "/login-of-bob" {
		t.Errorf("answered %v", got)
	}
}

func TestUnauthenticatedRequestsGetTheAnswerOfTheLastGate(t *testing.T) {
	var asked int
	w, _ := visit(first(keyGate(new(keys)), says("", nil, &asked)), navigation(request()))
	if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != "/login-of-?next=%2Fpme%2Ftoken%3FmodelId%3DSxQL3iGyoDo" {
		t.Errorf("status %d to %q, want the login page of the last gate", w.Code, got)
	}
	w, _ = visit(first(says("", nil, &asked), keyGate(new(keys))), navigation(request()))
	if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") != `Key realm="pme"` {
		t.Errorf("status %d, want the challenge of the last gate", w.Code)
	}
}

func TestFirstPassesCallsOnToAllGates(t *testing.T) {
	one, two := new(keys), new(keys)
	h := newHost()
	g := first(keyGate(one), first(session(h.store, h.user), keyGate(two)))
	c := h.cookie(t, "alice")
	for range 2 {
		wantSignedIn(t, g, withCookie(c.Value), "alice")
	}
	wantAsked(t, h, 1)
	g.Invalidate("alice")
	wantSignedIn(t, g, withCookie(c.Value), "alice")
	wantAsked(t, h, 2)

	var ended []string
	g.OnSignOut(func(_ context.Context, userID, session string) { ended = append(ended, userID+"/"+session) })
	for name, k := range map[string]*keys{"one": one, "two": two} {
		if !slices.Equal(k.invalidated, []string{"alice"}) || len(k.onSignOut) != 1 {
			t.Errorf("%s: invalidated %q, %d functions", name, k.invalidated, len(k.onSignOut))
		}
		k.onSignOut[0](t.Context(), "alice", name)
	}
	slices.Sort(ended)
	if !slices.Equal(ended, []string{"alice/one", "alice/two"}) {
		t.Errorf("sign-outs %q", ended)
	}
	if err := g.Close(); err == nil || len(one.closed) != 1 || len(two.closed) != 1 {
		t.Errorf("closed %q, %q; %v", one.closed, two.closed, err)
	}
}

func TestFirstNeedsGates(t *testing.T) {
	for name, gates := range map[string][]*middleware.Gate{"none": nil, "nil gate": {ask(fromHeader), nil}} {
		if g, err := middleware.First(gates...); g != nil || err == nil {
			t.Errorf("%s: %v, %v", name, g, err)
		}
	}
	gates := []*middleware.Gate{ask(fromHeader)}
	g := first(gates...)
	gates[0] = nil
	wantUnauthenticated(t, g, request())
}
