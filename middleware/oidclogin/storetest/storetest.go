// Package storetest checks that a [store.Store] does what its contract says. Authors of stores run it:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return mystore.New(...) })
//	}
//
// It uses real time, in tenths of seconds, so that it can also check stores that keep their time
// elsewhere. It does NOT check what several replicas see of each other, nor what an outage does.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
	"github.com/go-pme/pme/middleware/revocation/revocationtest"
)

// soon is a ttl that passes within a test, long one that does not.
const (
	soon = 150 * time.Millisecond
	long = time.Hour
)

// Run checks the stores that newStore makes. It makes an empty one for each check, and cleans up after it
// with t.Cleanup.
func Run(t *testing.T, newStore func(t *testing.T) store.Store) {
	for name, check := range map[string]func(*testing.T, store.Store){
		"EmptyStoreHasNothing":         emptyStoreHasNothing,
		"OnceIsFirstOnce":              onceIsFirstOnce,
		"OnceIsFirstForOneOfMany":      onceIsFirstForOneOfMany,
		"OnceIsFirstAgainAfterItsTTL":  onceIsFirstAgainAfterItsTTL,
		"LaterOnceDoesNotExtendTheTTL": laterOnceDoesNotExtendTheTTL,
		"ValueComesBackWhole":          valueComesBackWhole,
		"ValueIsReplaced":              valueIsReplaced,
		"ValueIsDeleted":               valueIsDeleted,
		"ValueExpires":                 valueExpires,
		"ReplacedValueHasTheNewTTL":    replacedValueHasTheNewTTL,
		"SlicesAreNotShared":           slicesAreNotShared,
		"ManyValuesAtOnce":             manyValuesAtOnce,
		"KindsAreApart":                kindsAreApart,
		"AwkwardNamesAreApart":         awkwardNamesAreApart,
		"EndedContextRemovesNothing":   endedContextRemovesNothing,
	} {
		t.Run(name, func(t *testing.T) { check(t, newStore(t)) })
	}
	t.Run("Spender", func(t *testing.T) { suite.RunSpender(t, newStore(t)) })
	t.Run("Revocations", func(t *testing.T) {
		revocationtest.Run(t, func(t *testing.T) revocation.Store { return newStore(t) })
	})
}

// revoke revokes all sessions of the name.
func revoke(t *testing.T, s store.Store, name string) {
	t.Helper()
	if err := s.Revoke(t.Context(), name, long); err != nil {
		t.Errorf("Revoke(%q): %v", name, err)
	}
}

func wantRevoked(t *testing.T, s store.Store, name string, want bool) {
	t.Helper()
	got, err := s.Revoked(t.Context(), revocation.Session{Names: []string{name}})
	if got != want || err != nil {
		t.Errorf("Revoked(%q) reports %v, %v; want %v", name, got, err, want)
	}
}

func once(t *testing.T, s store.Store, name string, ttl time.Duration) bool {
	t.Helper()
	first, err := s.Once(t.Context(), name, ttl)
	if err != nil {
		t.Errorf("Once(%q): %v", name, err)
	}
	return first
}

func wantOnce(t *testing.T, s store.Store, name string, want bool) {
	t.Helper()
	if got := once(t, s, name, long); got != want {
		t.Errorf("Once(%q) reports %v, want %v", name, got, want)
	}
}

func save(t *testing.T, s store.Store, name, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Save(t.Context(), name, []byte(value), ttl); err != nil {
		t.Errorf("Save(%q): %v", name, err)
	}
}

func load(t *testing.T, s store.Store, name string) []byte {
	t.Helper()
	value, err := s.Load(t.Context(), name)
	if err != nil {
		t.Errorf("Load(%q): %v", name, err)
	}
	return value
}

// wantValue fails unless Load returns want; "" is no value.
func wantValue(t *testing.T, s store.Store, name, want string) {
	t.Helper()
	got := load(t, s, name)
	if string(got) != want || want == "" && got != nil {
		t.Errorf("Load(%q) returns %.100q, want %.100q", name, got, want)
	}
}

func remove(t *testing.T, s store.Store, name string) {
	t.Helper()
	if err := s.Delete(t.Context(), name); err != nil {
		t.Errorf("Delete(%q): %v", name, err)
	}
}

// eventually waits for a ttl to pass.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-time.After(soon / 10):
		case <-ctx.Done():
			t.Fatalf("not within 5 s: %s", what)
		}
	}
}
