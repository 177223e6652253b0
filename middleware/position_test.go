package middleware_test

import (
	"net/http"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// A host whose clock is wrong by years still has its sessions ended, and the next sign-in counts.
func TestSessionsWithAPositionAreEndedWithoutAClock(t *testing.T) {
	var position string
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "alice", Session: "phone", Position: position}, nil
	}), middleware.Config{Revocations: middleware.NewMemoryRevocations()})
	if err != nil {
		t.Fatal(err)
	}
	signIn := func() {
		if position, err = gate.Position(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, session := range []string{"", "phone"} {
		signIn()
		wantSignedIn(t, gate, request(), "alice")
		if err := gate.RevokeSessions(t.Context(), "alice", session); err != nil {
			t.Fatal(err)
		}
		wantUnauthenticated(t, gate, request())
		signIn()
		wantSignedIn(t, gate, request(), "alice")
	}
}

func TestPositionNeedsRevocations(t *testing.T) {
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{}, nil }), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if position, err := gate.Position(t.Context()); err == nil {
		t.Errorf("position %q and no error", position)
	}
}
