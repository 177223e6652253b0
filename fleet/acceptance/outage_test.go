package acceptance_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// An alone is two replicas that mint for themselves in an outage. The first one reaches Redis by a network that can fail.
type alone struct {
	first, second *fleet.Fleet
	network       *netfault.Proxy
}

func startAlone(t *testing.T, limit time.Duration) *alone {
	server := redistest.Start(t)
	a := &alone{network: netfault.Start(t, server.Addr())}
	cfg := fleet.Config{Namespace: fleettest.Namespace(), OnOutage: fleet.MintLocally, MaxOutage: limit}
	cfg.Addresses = []string{server.Addr()}
	a.second = fleettest.Open(t, cfg)
	cfg.Addresses = []string{a.network.Addr()}
	a.first = fleettest.Open(t, cfg)
	return a
}

func mintsAlone(f *fleet.Fleet) bool {
	_, now := f.Tokens().(store.Limiter).LifeLimit()
	return now
}

// cut returns once the first replica goes on by itself.
func (a *alone) cut(t *testing.T) {
	t.Helper()
	a.network.Swallow(netfault.Both)
	fleettest.Eventually(t, "the replica goes on by itself", func() bool { return mintsAlone(a.first) })
}

func (a *alone) heal(t *testing.T) {
	t.Helper()
	a.network.Heal(t)
	fleettest.Eventually(t, "the replica is one of the fleet again", func() bool {
		return !mintsAlone(a.first) && a.first.HealthParts()[0].Check(t.Context()) == nil
	})
}

// mintAlone stores a token with the longest life that is allowed in an outage.
func mintAlone(t *testing.T, s store.Store, e *store.Entry) {
	t.Helper()
	if err := s.Put(t.Context(), fleettest.Claim(t, s, e.Key), e, 150*time.Second); err != nil {
		t.Fatal(err)
	}
}

func signIn(t *testing.T, f *fleet.Fleet, name string) revocation.Session {
	t.Helper()
	position, err := f.Sessions().Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return revocation.Session{Names: []string{name}, Position: position, IssuedAt: time.Now()}
}

func TestReplicaMintsForItselfInAnOutage(t *testing.T) {
	a := startAlone(t, time.Minute)
	s := a.first.Tokens()
	before := fleettest.Token("before", "alice")
	fleettest.Put(t, s, before)
	a.cut(t)
	if fleettest.Has(s, before.Key) {
		t.Error("a token is served that another replica may have revoked")
	}
	long := fleettest.Claim(t, s, before.Key)
	if err := s.Put(t.Context(), long, fleettest.Token("long", "alice"), 10*time.Minute); err == nil {
		t.Error("a token of ten minutes is stored")
	}
	if err := s.Release(t.Context(), before.Key, long); err != nil {
		t.Error(err)
	}
	own := fleettest.Token("own", "alice")
	mintAlone(t, s, own)
	if !fleettest.Has(s, own.Key) {
		t.Error("its own token is not served")
	}
	a.heal(t)
	fleettest.Eventually(t, "another replica can revoke the token", func() bool {
		gone, err := a.second.Tokens().Evict(t.Context(), store.Selector{User: "alice", Token: own.Token})
		return err == nil && len(gone) == 1
	})
}

func TestRevocationInAnOutageHoldsHereAndLaterEverywhere(t *testing.T) {
	a := startAlone(t, time.Minute)
	s := a.first.Tokens()
	for _, user := range []string{"alice", "bob", "carol"} {
		fleettest.Put(t, s, fleettest.Token("before of "+user, user))
	}
	single := fleettest.Token("before of carol", "carol")
	stale := s.Mark()
	a.cut(t)
	own := fleettest.Token("own", "alice")
	mintAlone(t, s, own)
	mark := s.Mark()
	gone, err := s.Evict(t.Context(), store.Selector{User: "alice"})
	if !errors.Is(err, store.ErrPending) || !slices.ContainsFunc(gone, func(e *store.Entry) bool { return e.Token == own.Token }) {
		t.Errorf("Evict: %d tokens, %v", len(gone), err)
	}
	if _, err := s.Evict(t.Context(), store.Selector{User: "carol", Token: single.Token}); !errors.Is(err, store.ErrPending) {
		t.Errorf("Evict of a single token: %v", err)
	}
	if fleettest.Has(s, own.Key) {
		t.Error("a revoked token is served")
	}
	for _, old := range []store.Mark{stale, mark, ""} {
		if _, err := s.Claim(t.Context(), own.Key, old, time.Minute); !errors.Is(err, store.ErrClaimLost) {
			t.Errorf("a mint of a request from before the revocation: %v", err)
		}
	}
	again := fleettest.Token("again", "alice")
	mintAlone(t, s, again)
	if !fleettest.Has(s, again.Key) {
		t.Error("a later request gets no token")
	}
	a.heal(t)
	for _, f := range []*fleet.Fleet{a.first, a.second} {
		for user, want := range map[string]bool{"bob": true, "carol": false} {
			if key := fleettest.Token("", user).Key; fleettest.Has(f.Tokens(), key) != want {
				t.Errorf("a token of %s is served: %v", user, !want)
			}
		}
		if e, err := f.Tokens().Get(t.Context(), own.Key, f.Tokens().Mark()); err == nil && e != nil && e.Token != again.Token {
			t.Errorf("%s is served", string(e.Token))
		}
	}
}

func TestEverythingIsRevokedInAnOutageHereAndLaterEverywhere(t *testing.T) {
	a := startAlone(t, time.Minute)
	here, there := a.first.Tokens(), a.second.Tokens()
	before, elsewhere, own := fleettest.Token("before", "alice"), fleettest.Token("elsewhere", "bob"), fleettest.Token("own", "carol")
	fleettest.Put(t, here, before)
	a.cut(t)
	fleettest.Put(t, there, elsewhere)
	mintAlone(t, here, own)
	mark := here.Mark()
	gone, err := here.Evict(t.Context(), store.Selector{All: true})
	if !errors.Is(err, store.ErrPending) || !slices.ContainsFunc(gone, func(e *store.Entry) bool { return e.Token == own.Token }) {
		t.Errorf("Evict: %d tokens, %v", len(gone), err)
	}
	for _, e := range []*store.Entry{before, own, fleettest.Token("", "dora")} {
		if fleettest.Has(here, e.Key) {
			t.Errorf("%s is served", string(e.Token))
		}
		if _, err := here.Claim(t.Context(), e.Key, mark, time.Minute); !errors.Is(err, store.ErrClaimLost) {
			t.Errorf("a mint of %s from before the revocation: %v", e.Key.User, err)
		}
	}
	a.heal(t)
	fleettest.Eventually(t, "it holds on the other replica", func() bool {
		return !fleettest.Has(there, before.Key) && !fleettest.Has(there, elsewhere.Key) && !fleettest.Has(there, own.Key)
	})
}

func TestSessionsAreJudgedByMemoryInAnOutage(t *testing.T) {
	a := startAlone(t, time.Minute)
	sessions := a.first.Sessions()
	revoked := func(f *fleet.Fleet, s revocation.Session) bool {
		t.Helper()
		is, err := f.Sessions().Revoked(t.Context(), s)
		if err != nil {
			t.Errorf("Revoked: %v", err)
		}
		return is
	}
	ended, signedIn := signIn(t, a.second, "ended"), signIn(t, a.second, "in")
	if err := a.second.Sessions().Revoke(t.Context(), "ended", time.Hour); err != nil {
		t.Fatal(err)
	}
	a.cut(t)
	if !revoked(a.first, ended) || revoked(a.first, signedIn) {
		t.Error("what was revoked before the outage is not known")
	}
	if is, err := sessions.Revoked(t.Context(), revocation.Session{Names: []string{"unknown"}, IssuedAt: time.Now()}); err == nil {
		t.Errorf("a session that this replica cannot know is judged: %v", is)
	}
	if _, err := sessions.Position(t.Context()); err == nil {
		t.Error("a user can sign in")
	}
	if err := sessions.Revoke(t.Context(), "in", time.Hour); !errors.Is(err, store.ErrPending) {
		t.Errorf("Revoke: %v", err)
	}
	if !revoked(a.first, signedIn) {
		t.Error("a session that was revoked in the outage goes on")
	}
	a.heal(t)
	if !revoked(a.first, signedIn) || !revoked(a.second, signedIn) {
		t.Error("a session that was revoked in the outage goes on afterwards")
	}
	if next := signIn(t, a.first, "in"); revoked(a.first, next) || revoked(a.second, next) {
		t.Error("the next sign-in does not count")
	}
}

func TestOutageThatIsTooLongFails(t *testing.T) {
	a := startAlone(t, 3*time.Second)
	a.cut(t)
	key := fleettest.Token("", "alice").Key
	fleettest.Eventually(t, "no token any more", func() bool {
		_, err := a.first.Tokens().Claim(t.Context(), key, a.first.Tokens().Mark(), time.Minute)
		return err != nil && !errors.Is(err, store.ErrClaimed)
	})
	if _, err := a.first.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err == nil || errors.Is(err, store.ErrPending) {
		t.Errorf("Evict: %v", err)
	}
}
