package middleware_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// says makes a gate that always gives the same answer, and counts how often it is asked.
func says(id string, err error, asked *int) *middleware.Gate {
	return middleware.Func(func(*http.Request) (identity.User, error) {
		*asked++
		return identity.User{ID: id}, err
	}, middleware.LoginAt("/login-of-"+id))
}

func TestFirstGateThatRecognisesSomebodyDecides(t *testing.T) {
	var asked [3]int
	wantSignedIn(t, middleware.First(says("", nil, &asked[0]), says("alice", nil, &asked[1]), says("bob", nil, &asked[2])), request(), "alice")
	if asked != [3]int{1, 1, 0} {
		t.Errorf("asked %v times, want each once until somebody is recognised", asked)
	}
}

func TestDoubtEndsIt(t *testing.T) {
	var asked [2]int
	w, user := visit(middleware.First(says("", errDatabase, &asked[0]), says("bob", nil, &asked[1])), request())
	if user != "" || w.Code != http.StatusServiceUnavailable || asked[1] != 0 {
		t.Errorf("let through %q with status %d, the next asked %d times", user, w.Code, asked[1])
	}
}

func TestBadTokenIsNotPassedOverForASession(t *testing.T) {
	h := newHost()
	g := middleware.First(newProvider().bearer(t), middleware.Session(h.store, sessionName, h.user))
	both := func(authorization string) *http.Request {
		r := withCookie(h.cookie(t, "bob").Value)
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

func TestNobodyGetsTheAnswerOfTheLastGate(t *testing.T) {
	var asked int
	bearer := newProvider().bearer(t)
	w, _ := visit(middleware.First(bearer, says("", nil, &asked)), navigation(request()))
	if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != "/login-of-?next=%2Fpme%2Ftoken%3FmodelId%3DSxQL3iGyoDo" {
		t.Errorf("status %d to %q, want the login page of the last gate", w.Code, got)
	}
	w, _ = visit(middleware.First(says("", nil, &asked), bearer), navigation(request()))
	if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("status %d, want the challenge of the last gate", w.Code)
	}
}

// signOuts records what it is told, in place of a gate that people can sign out at.
type signOuts struct {
	*middleware.Gate
	told []func(ctx context.Context, userID, session string)
}

func (s *signOuts) OnSignOut(f func(ctx context.Context, userID, session string)) {
	s.told = append(s.told, f)
}

func TestForgetAndSignOutGoToAllGates(t *testing.T) {
	bearer, keys := counting(t)
	h := newHost()
	session := &signOuts{Gate: middleware.Session(h.store, sessionName, h.user)}
	g := middleware.First(bearer, middleware.First(session))
	token, c := aliceToken(nil), h.cookie(t, aliceID)
	everywhere := func() {
		for range 2 {
			wantSignedIn(t, g, withToken(token), aliceID)
			wantSignedIn(t, g, withCookie(c.Value), aliceID)
		}
	}
	everywhere()
	g.Invalidate(aliceID)
	everywhere()
	wantChecks(t, keys, 2)
	wantAsked(t, h, 2)

	var ended []string
	g.OnSignOut(func(_ context.Context, userID, session string) { ended = append(ended, userID+"/"+session) })
	for _, f := range session.told {
		f(t.Context(), "alice", "s1")
	}
	if !slices.Equal(ended, []string{"alice/s1"}) {
		t.Errorf("told of %q, want alice's sign-out once", ended)
	}
}

func TestFirstOfNoGatesPanics(t *testing.T) {
	var none *middleware.Gate
	for name, members := range map[string][]middleware.Member{"none": nil, "nil": {nil}, "nil gate": {none}} {
		if err, ok := recovered(func() { middleware.First(members...) }).(error); !ok {
			t.Errorf("%s: panic value %v, want an error", name, err)
		}
	}
	members := []middleware.Member{middleware.Func(fromHeader)}
	g := middleware.First(members...)
	members[0] = nil
	wantNobody(t, g, request())
}
