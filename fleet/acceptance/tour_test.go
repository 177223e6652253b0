package acceptance_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

const space = "SxQL3iGyoDo"

// A counter mints tokens, and remembers which were deleted.
type counter struct {
	mu      sync.Mutex
	deleted map[matterport.Secret]bool
}

func (c *counter) CreateEmbedLink(_ context.Context, _ string, validFor time.Duration) (*matterport.EmbedToken, error) {
	return &matterport.EmbedToken{AccessToken: matterport.Secret(rand.Text()), ValidUntil: time.Now().Add(validFor)}, nil
}

func (c *counter) CreateEmbedToken(ctx context.Context, models []string, validFor time.Duration) (*matterport.EmbedToken, error) {
	return c.CreateEmbedLink(ctx, models[0], validFor)
}

func (c *counter) DeleteEmbedToken(_ context.Context, token matterport.Secret) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deleted[token] = true
	return nil
}

func (c *counter) ServerTime() (time.Time, bool)         { return time.Now(), true }
func (c *counter) LearnServerTime(context.Context) error { return nil }

func (c *counter) has(token matterport.Secret) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deleted[token]
}

func issuerOf(t *testing.T, f *fleet.Fleet, m *counter) *issuer.Issuer {
	t.Helper()
	policy := access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, nil })
	i, err := issuer.New(issuer.Config{Matterport: m, Policy: policy, Store: f.Tokens()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

// A tour that is open renews its token as a browser does: 60 seconds before it ends. With PME_LONG the outage takes ten minutes.
func TestTourGoesOnThroughAnOutage(t *testing.T) {
	a := startAlone(t, time.Hour)
	m := &counter{deleted: make(map[matterport.Secret]bool)}
	first, second := issuerOf(t, a.first, m), issuerOf(t, a.second, m)
	alice, bob := &identity.User{ID: "alice"}, &identity.User{ID: "bob"}
	if _, err := first.Issue(t.Context(), alice, space); err != nil {
		t.Fatal(err)
	}
	a.cut(t)
	began := time.Now()
	tour := func() issuer.Token {
		t.Helper()
		token, err := first.Issue(t.Context(), alice, space)
		if err != nil || token.ExpiresIn > 150 || token.ExpiresIn < 61 {
			t.Fatalf("after %v: a token for %d s, %v", time.Since(began), token.ExpiresIn, err)
		}
		return token
	}
	token := tour()
	for fleettest.Long() && time.Since(began) < 10*time.Minute {
		<-time.After(time.Until(token.ValidUntil.Add(-60 * time.Second)))
		token = tour()
	}
	theirs, err := first.Issue(t.Context(), bob, space)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Revoke(t.Context(), store.Selector{User: "bob"}); !errors.Is(err, store.ErrPending) {
		t.Errorf("Revoke: %v", err)
	}
	fleettest.Eventually(t, "the revoked token is deleted", func() bool { return m.has(theirs.AccessToken) })
	a.heal(t)
	fleettest.Eventually(t, "another replica revokes a token of the outage", func() bool {
		_, err := second.Revoke(t.Context(), store.Selector{User: "alice"})
		return err == nil && m.has(token.AccessToken)
	})
	whole, err := second.Issue(t.Context(), alice, space)
	if err != nil || whole.ExpiresIn < 590 {
		t.Errorf("afterwards: a token for %d s, %v", whole.ExpiresIn, err)
	}
}
