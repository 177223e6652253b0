package issuer_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// untilIn returns a policy that lets alice see the models for this long on Matterport's clock.
func untilIn(t testing.TB, skew, d time.Duration, models ...string) access.Policy {
	t.Helper()
	policy, err := access.List{{Users: []string{"alice"}, Models: models, Until: time.Now().Add(skew + d)}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// endingRig is an issuer whose policy ends, at a Matterport whose clock differs.
func endingRig(t testing.TB, skew time.Duration, policy access.Policy) *rig {
	t.Helper()
	r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = policy })
	r.up.set(func(u *upstream) { u.skew = skew })
	return r
}

// wantAlive counts the tokens that are neither deleted nor expired.
func (r *rig) wantAlive(t *testing.T, want int) {
	t.Helper()
	r.up.mu.Lock()
	defer r.up.mu.Unlock()
	alive := 0
	for token := range r.up.live {
		if time.Now().Add(r.up.skew).Before(r.up.ends[token]) {
			alive++
		}
	}
	if alive != want {
		t.Errorf("%d tokens are alive at Matterport, want %d", alive, want)
	}
}

// wait waits, and until all that is due has been done.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestNothingIsMintedAtTheEndOfAGrant(t *testing.T) {
	for _, skew := range skews {
		synctest.Test(t, func(t *testing.T) {
			r := endingRig(t, skew, untilIn(t, skew, 4*time.Minute, office))
			told := revocations.Listen(r.Issuer, "alice", []string{office})
			defer told.Stop()
			first := r.issue(t, alice, office)
			for range 17 { // the token has 61 s left at the end of it
				wait(10 * time.Second)
				if left := r.issue(t, alice, office); left.AccessToken != first.AccessToken {
					t.Fatalf("skew %v: %d s before its end, the token was replaced", skew, first.ExpiresIn)
				}
			}
			wait(10 * time.Second)
			if after := r.refuse(t, issuer.ErrUnavailable, alice, office); after != time.Minute {
				t.Errorf("skew %v: a running tour is told to ask again after %v, not at its end", skew, after)
			}
			wait(time.Minute - time.Nanosecond)
			r.wantAlive(t, 1)
			if told := len(told.C); told != 0 {
				t.Errorf("skew %v: the page was told before the end", skew)
			}
			wait(time.Nanosecond)
			r.up.wantMints(t, 1)
			r.up.wantLive(t, 0)
			if log := r.log.String(); !strings.Contains(log, "tokens revoked") {
				t.Errorf("skew %v: the log does not say that the token was revoked:\n%s", skew, log)
			}
			if len(told.C) != 1 {
				t.Errorf("skew %v: the page was not told", skew)
			}
			r.refuse(t, issuer.ErrDenied, alice, office)
		})
	}
}

func TestVisitorWhoComesAtTheEndOfAGrantIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := endingRig(t, 0, untilIn(t, 0, 185*time.Second+time.Nanosecond, office, warehouse))
		r.issue(t, alice, warehouse)
		wait(time.Nanosecond)
		for range 3 {
			r.refuse(t, issuer.ErrDenied, alice, office)
		}
		r.up.wantMints(t, 1)
		if log := r.log.String(); !strings.Contains(log, "reason=ending") || !strings.Contains(log, "ends too soon") {
			t.Errorf("the log does not say why:\n%s", log)
		}
	})
}

// The claim of another replica is waited for, and the end comes near meanwhile.
func TestNothingIsMintedIfTheEndComesNearWhileAClaimIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := issuer.NewMemory(issuer.MemoryConfig{})
		r := newRig(t, func(cfg *issuer.Config) {
			cfg.Policy, cfg.Store = untilIn(t, 0, 190*time.Second, office), tokens
		})
		key := store.Key{User: "alice", Models: office}
		claim, err := tokens.Claim(t.Context(), key, tokens.Mark(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(6 * time.Second)
			_ = tokens.Release(context.Background(), key, claim)
		}()
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		r.up.wantMints(t, 0)
	})
}

func TestLastTokenButOneLeavesTimeForTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := endingRig(t, 0, untilIn(t, 0, 11*time.Minute, office))
		end := time.Now().Add(11 * time.Minute)
		last := r.issue(t, alice, office)
		for time.Now().Before(end.Add(-showcase.LeastLeft)) {
			wait(time.Second)
			token, err := r.Issue(t.Context(), alice, office)
			if err != nil {
				t.Fatalf("%v before the end: %v", time.Until(end), err)
			}
			last = token
		}
		if !last.ValidUntil.Equal(end) {
			t.Errorf("the last token ends %v before the grant", end.Sub(last.ValidUntil))
		}
	})
}

// ending is a function of a host's whose grants end at a time that it can move.
type ending struct {
	rules
	until time.Time
}

func (e *ending) policy() access.Policy {
	return access.FuncUntil(func(ctx context.Context, u *identity.User, model string) (bool, time.Time, error) {
		allowed, err := e.Allowed(ctx, u, model)
		e.mu.Lock()
		defer e.mu.Unlock()
		return allowed, e.until, err
	})
}

func TestDeadlineOfAFunctionEndsATour(t *testing.T) {
	for _, skew := range skews {
		synctest.Test(t, func(t *testing.T) {
			host := &ending{rules: rules{models: map[string][]string{"alice": {office}}}, until: time.Now().Add(skew + 5*time.Minute)}
			r := endingRig(t, skew, host.policy())
			r.issue(t, alice, office)
			host.mu.Lock()
			host.until = host.until.Add(5 * time.Minute) // prolonged meanwhile
			host.mu.Unlock()
			wait(5 * time.Minute)
			r.wantAlive(t, 0)
			if token := r.issue(t, alice, office); token.ExpiresIn != 300 {
				t.Errorf("skew %v: the next token expires in %d s", skew, token.ExpiresIn)
			}
			wait(5*time.Minute - time.Nanosecond)
			r.wantAlive(t, 1)
			wait(time.Nanosecond)
			r.wantAlive(t, 0)
			r.refuse(t, issuer.ErrDenied, alice, office)
		})
	}
}

// A token that was minted before the rule got its end is revoked at that minute.
func TestEndThatComesWithAChangeRevokes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host := &ending{rules: rules{models: map[string][]string{"alice": {office}}}}
		r := endingRig(t, 0, host.policy())
		r.issue(t, alice, office)
		host.mu.Lock()
		host.until = time.Now().Add(4 * time.Minute)
		host.mu.Unlock()
		if err := r.Recheck(t.Context()); err != nil {
			t.Fatal(err)
		}
		if token := r.issue(t, alice, office); token.ExpiresIn != 240 {
			t.Errorf("the token is said to expire in %d s", token.ExpiresIn)
		}
		wait(4*time.Minute - time.Nanosecond)
		r.wantAlive(t, 1)
		wait(time.Nanosecond)
		r.wantAlive(t, 0)
		r.up.wantLive(t, 0)
	})
}
