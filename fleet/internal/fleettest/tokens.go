package fleettest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// Token returns one of a user. Everything in it that must not be readable in Redis has the word secret in it.
func Token(name, user string) *store.Entry {
	key := store.Key{User: user, Session: "phone-secret", Models: "SxQL3iGyoDo,secretmodel"}
	return &store.Entry{
		Key: key, Token: matterport.Secret("token-secret-" + name), Link: "https://link-secret/", ValidUntil: time.Now().Add(time.Hour),
		User: &identity.User{ID: user, Email: "mail-secret@example.com", Groups: []string{"group-secret"}},
	}
}

// Put claims the key of e and stores e.
func Put(t testing.TB, s store.Store, e *store.Entry) {
	t.Helper()
	if err := s.Put(t.Context(), Claim(t, s, e.Key), e, time.Hour); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

// Claim tries again while the replica does not know yet what has been revoked: on a busy machine it may have been late.
func Claim(t testing.TB, s store.Store, key store.Key) store.Claim {
	t.Helper()
	var c store.Claim
	Eventually(t, "a claim", func() bool {
		var err error
		c, err = s.Claim(t.Context(), key, s.Mark(), time.Minute)
		if err != nil && !errors.Is(err, store.ErrClaimLost) {
			t.Fatalf("Claim: %v", err)
		}
		return err == nil
	})
	return c
}

// Has reports whether the store serves a token for the key. The call begins after the one before has returned.
func Has(s store.Store, key store.Key) bool {
	e, err := s.Get(context.Background(), key, s.Mark())
	return err == nil && e != nil
}
