package issuer_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

func TestTokenIsReusedWhileEnoughOfItIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		first := r.issue(t, alice, office)
		if first.ExpiresIn != 600 || first.Link == "" {
			t.Errorf("ExpiresIn = %d, want 600, with a link", first.ExpiresIn)
		}
		time.Sleep(7 * time.Minute)
		if again := r.issue(t, alice, office); again.AccessToken != first.AccessToken || again.ExpiresIn != 180 {
			t.Errorf("after 7 minutes: another token, or %d s left, want the same with 180", again.ExpiresIn)
		}
		r.up.wantMints(t, 1)
		time.Sleep(time.Minute) // exactly RefreshBefore is left
		if next := r.issue(t, alice, office); next.AccessToken == first.AccessToken || next.ExpiresIn != 600 {
			t.Error("a token with RefreshBefore left was given out again")
		}
		r.up.wantMints(t, 2)
	})
}

func TestOrderAndRepetitionOfModelsDoNotMatter(t *testing.T) {
	r := newRig(t, nil)
	a := r.issue(t, alice, office, warehouse)
	b := r.issue(t, alice, warehouse, office, warehouse)
	if a.AccessToken != b.AccessToken || a.Link != "" {
		t.Error("want one token for one set of models, without a link")
	}
	if r.issue(t, alice, office).AccessToken == a.AccessToken {
		t.Error("a token for two models was given out for one of them")
	}
	r.up.wantMints(t, 2)
}

func TestUsersAndSessionsDoNotShareTokens(t *testing.T) {
	r := newRig(t, nil)
	seen := map[matterport.Secret]bool{}
	for _, u := range []*identity.User{alice, bob, {ID: "alice", Session: "phone"}, {ID: "alice", Session: "desk"}} {
		seen[r.issue(t, u, warehouse).AccessToken] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d tokens for 4 sign-ins", len(seen))
	}
}

// Promise 1: no token without the policy, reuse included.
func TestPolicyIsAskedOnEveryRequest(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	before := r.rules.asked
	r.issue(t, alice, office)
	if r.rules.asked == before {
		t.Error("a token was reused without asking the policy")
	}
	r.rules.set("alice")
	r.refuse(t, issuer.ErrDenied, alice, office)
	r.up.wantMints(t, 1)
}

func TestDeniedUserGetsNoToken(t *testing.T) {
	r := newRig(t, nil)
	r.refuse(t, issuer.ErrNotSignedIn, nil, office)
	r.refuse(t, issuer.ErrNotSignedIn, &identity.User{}, office)
	r.refuse(t, issuer.ErrDenied, bob, office)
	r.refuse(t, issuer.ErrDenied, bob, "Xxxxxxxxxxx")
	r.refuse(t, issuer.ErrDenied, bob, warehouse, office)
	r.refuse(t, issuer.ErrDenied, &identity.User{ID: "mallory"}, office)
	r.up.wantMints(t, 0)
}

func TestMalformedModelIDIsInvalid(t *testing.T) {
	r := newRig(t, nil)
	for _, models := range [][]string{
		nil,
		{""},
		{"short"},
		{"SxQL3iGyoD,"},
		{office, ""},
		{strings.Repeat("x", 25)},
		{"SxQL3iGyoDö"},
		{"*"},
		strings.Split(strings.Repeat(office+" ", 21)[:12*21-1], " "),
	} {
		r.refuse(t, issuer.ErrInvalid, alice, models...)
	}
	r.up.wantMints(t, 0)
}

func TestErrorIssuesNoToken(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	r.rules.err = errors.New("the database is down")
	if r.refuse(t, issuer.ErrUnavailable, alice, office) <= 0 {
		t.Error("no RetryAfter")
	}
	r.rules.err = nil
	r.issue(t, alice, office)

	for _, broken := range []string{"Get", "Claim", "Put"} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, func(c *issuer.Config) {
				c.Store = &brokenStore{Store: issuer.NewMemory(issuer.MemoryConfig{}), at: broken}
			})
			r.refuse(t, issuer.ErrUnavailable, alice, office)
			synctest.Wait() // for the deletion of the token that was not stored
			r.up.wantLive(t, 0)
		})
	}
}

// brokenStore fails at one of its methods.
type brokenStore struct {
	store.Store
	at string
}

var errBroken = errors.New("the store does not answer")

func (b *brokenStore) Get(ctx context.Context, k store.Key, mark store.Mark) (*store.Entry, error) {
	if b.at == "Get" {
		return nil, errBroken
	}
	return b.Store.Get(ctx, k, mark)
}

func (b *brokenStore) Claim(ctx context.Context, k store.Key, mark store.Mark, ttl time.Duration) (store.Claim, error) {
	if b.at == "Claim" {
		return "", errBroken
	}
	return b.Store.Claim(ctx, k, mark, ttl)
}

func (b *brokenStore) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	if b.at == "Put" {
		return errBroken
	}
	return b.Store.Put(ctx, c, e, ttl)
}

func (b *brokenStore) Evict(ctx context.Context, s store.Selector) ([]*store.Entry, error) {
	if b.at == "Evict" {
		return nil, errBroken
	}
	return b.Store.Evict(ctx, s)
}

// Promise 2: no answer carries a token with 60 s or less left, whatever lives, skews, delays and
// upstream troubles come together, and at whatever time it is asked for.
func TestTokenIsNeverServedBelowSDKLead(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			between := func(least, most time.Duration) time.Duration { return least + rand.N(most-least) }
			refresh := between(61*time.Second, 10*time.Minute)
			life := (refresh + between(30*time.Second, 30*time.Minute)).Round(time.Second) + time.Second
			r := newRig(t, func(c *issuer.Config) {
				c.RefreshBefore, c.ValidFor = refresh, life
				c.MintBurst = 1 + rng.IntN(40)
			})
			for range 300 {
				r.up.set(func(u *upstream) {
					u.skew = between(-time.Hour, time.Hour)
					u.takes = between(0, 20*time.Second)
					u.shorter = 0
					if rng.IntN(4) == 0 {
						u.shorter = between(0, life)
					}
					u.failing = nil
					if rng.IntN(2) == 0 {
						u.failing = &matterport.Error{Op: "mint", Err: matterport.ErrUnavailable}
					}
				})
				token, err := r.Issue(t.Context(), alice, office)
				now, _ := r.up.ServerTime()
				left := token.ValidUntil.Sub(now)
				switch {
				case err != nil:
				case token.ExpiresIn <= 60:
					t.Fatalf("seed %d: expires_in %d", seed, token.ExpiresIn)
				case time.Duration(token.ExpiresIn)*time.Second > life:
					t.Fatalf("seed %d: expires_in %d, asked for %v", seed, token.ExpiresIn, life)
				case left <= showcase.Lead || time.Duration(token.ExpiresIn)*time.Second > left:
					t.Fatalf("seed %d: expires_in %d, but %v left", seed, token.ExpiresIn, left)
				}
				time.Sleep(between(0, life/3))
			}
		})
	}
}

func TestUsableTokenIsServedDuringAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		first := r.issue(t, alice, office)
		r.up.set(func(u *upstream) { u.failing = &matterport.Error{Op: "mint", Err: matterport.ErrUnavailable} })

		time.Sleep(8*time.Minute + 30*time.Second)
		if got := r.issue(t, alice, office); got.AccessToken != first.AccessToken || got.ExpiresIn != 90 {
			t.Errorf("with 90 s left: ExpiresIn %d, want the first token with 90", got.ExpiresIn)
		}
		time.Sleep(20 * time.Second)
		r.issue(t, alice, office) // 70 s: the least that is ever served
		time.Sleep(time.Second)
		if r.refuse(t, issuer.ErrUnavailable, alice, office) <= 0 {
			t.Error("no RetryAfter")
		}
		r.up.set(func(u *upstream) { u.failing = nil })
		r.issue(t, alice, office)
	})
}

func TestUsableTokenIsServedIfMatterportIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		first := r.issue(t, alice, office)
		time.Sleep(8*time.Minute + 5*time.Second)
		r.up.set(func(u *upstream) { u.takes = 10 * time.Second })
		start := time.Now()
		if got := r.issue(t, alice, office); got.AccessToken != first.AccessToken {
			t.Error("want the stored token")
		}
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("waited %v, want 2s", waited)
		}
		time.Sleep(10 * time.Second) // the mint has gone on meanwhile
		if got := r.issue(t, alice, office); got.AccessToken == first.AccessToken {
			t.Error("the mint did not outlive its caller's patience")
		}
		r.up.wantMints(t, 2)
	})
}

func TestGoneModelIsRememberedForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) {
			u.failing = &matterport.Error{Op: "mint", Code: "not.found", Err: matterport.ErrNotFound}
		})
		r.refuse(t, issuer.ErrNotFound, alice, office)
		r.refuse(t, issuer.ErrNotFound, alice, office)
		r.up.wantMints(t, 1)
		r.refuse(t, issuer.ErrDenied, bob, office) // a denied user does not learn that it is gone
		time.Sleep(31 * time.Second)
		r.refuse(t, issuer.ErrNotFound, alice, office)
		r.up.wantMints(t, 2)
	})
}

func TestUpstreamErrorsAreSorted(t *testing.T) {
	for _, tc := range []struct {
		err   error
		want  error
		retry time.Duration
	}{
		{matterport.ErrNotFound, issuer.ErrNotFound, 0},
		{matterport.ErrUnavailable, issuer.ErrUnavailable, 5 * time.Second},
		{matterport.ErrRateLimited, issuer.ErrUnavailable, 5 * time.Second},
		{matterport.ErrUnauthorized, issuer.ErrUpstream, 0},
		{matterport.ErrMalformed, issuer.ErrUpstream, 0},
		{&matterport.Error{RetryAfter: 7 * time.Second, Err: matterport.ErrRateLimited}, issuer.ErrUnavailable, 7 * time.Second},
	} {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) { u.failing = tc.err })
		if retry := r.refuse(t, tc.want, alice, office); retry != tc.retry {
			t.Errorf("%v: RetryAfter %v, want %v", tc.err, retry, tc.retry)
		}
	}
}

// One 429 on the beta mutation must not silence the other one.
func TestRetryAfterOfOneMutationLeavesTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		limited := func(after time.Duration) func(*upstream) {
			return func(u *upstream) {
				u.failing = &matterport.Error{Status: http.StatusTooManyRequests, RetryAfter: after, Err: matterport.ErrRateLimited}
			}
		}
		r.up.set(limited(time.Hour))
		r.refuse(t, issuer.ErrUnavailable, alice, office, warehouse)
		r.up.set(func(u *upstream) { u.failing = nil })
		r.issue(t, bob, warehouse)
		r.up.wantMints(t, 2)
		if retry := r.refuse(t, issuer.ErrUnavailable, alice, office, showroom); retry != time.Minute {
			t.Errorf("the same mutation: RetryAfter %v, want 1m, the most that one answer can ask for", retry)
		}
		r.up.wantMints(t, 2)
	})
}

// Two calls are under way when the limit is met, and the shorter Retry-After comes last.
func TestLongerRetryAfterWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		after := []time.Duration{40 * time.Second, 5 * time.Second}
		r.up.set(func(u *upstream) {
			u.takes = time.Second
			u.fail = func(n int) error {
				return &matterport.Error{Status: http.StatusTooManyRequests, RetryAfter: after[n-1], Err: matterport.ErrRateLimited}
			}
		})
		var wg sync.WaitGroup
		for _, model := range []string{office, warehouse} {
			wg.Go(func() { r.refuse(t, issuer.ErrUnavailable, alice, model) })
			synctest.Wait()
		}
		wg.Wait()
		if retry := r.refuse(t, issuer.ErrUnavailable, alice, showroom); retry != 40*time.Second {
			t.Errorf("RetryAfter %v, want 40s", retry)
		}
	})
}

func TestRetryAfterAppliesToAllUsers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.up.set(func(u *upstream) {
			u.failing = &matterport.Error{Status: http.StatusTooManyRequests, RetryAfter: 20 * time.Second, Err: matterport.ErrRateLimited}
		})
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		time.Sleep(5 * time.Second)
		if retry := r.refuse(t, issuer.ErrUnavailable, bob, warehouse); retry != 15*time.Second {
			t.Errorf("RetryAfter %v, want 15s", retry)
		}
		r.up.wantMints(t, 1)
		r.up.set(func(u *upstream) { u.failing = nil })
		time.Sleep(15 * time.Second)
		r.issue(t, bob, warehouse)
	})
}

func TestUserCannotSpendTheAccountsQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(c *issuer.Config) { c.MintBurst, c.MintEvery = 2, 10*time.Second })
		r.issue(t, alice, office)
		r.issue(t, alice, warehouse)
		if retry := r.refuse(t, issuer.ErrRateLimited, alice, showroom); retry != 10*time.Second {
			t.Errorf("RetryAfter %v, want 10s", retry)
		}
		r.issue(t, alice, office)  // stored tokens cost nothing
		r.issue(t, bob, warehouse) // nor do others pay
		r.up.wantMints(t, 3)
		time.Sleep(10 * time.Second)
		r.issue(t, alice, showroom)
	})
}

func TestUserCannotFillTheMemory(t *testing.T) {
	r := newRig(t, func(c *issuer.Config) {
		c.Store = issuer.NewMemory(issuer.MemoryConfig{MaxPerUser: 2, MaxEntries: 3})
	})
	r.issue(t, alice, office)
	r.issue(t, alice, warehouse)
	if r.refuse(t, issuer.ErrRateLimited, alice, showroom) <= 0 {
		t.Error("no RetryAfter")
	}
	r.issue(t, bob, warehouse)
	r.rules.set("carol", office)
	r.refuse(t, issuer.ErrUnavailable, &identity.User{ID: "carol"}, office)
	r.up.wantMints(t, 3)
}

func TestUnknownTimeIssuesNoToken(t *testing.T) {
	r := newRig(t, nil)
	r.up.set(func(u *upstream) { u.shorter = 9*time.Minute + 30*time.Second })
	r.refuse(t, issuer.ErrUpstream, alice, office)
	r.up.set(func(u *upstream) { u.shorter = time.Hour })
	r.refuse(t, issuer.ErrUpstream, bob, warehouse)
}

func TestConfigReportsEverythingThatIsWrong(t *testing.T) {
	_, err := issuer.New(issuer.Config{ValidFor: 45 * time.Second, MintBurst: -1})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"Matterport is missing", "Policy is missing", "must not be negative",
		"issuer: ValidFor is 45s: the Showcase SDK refreshes 1m0s before expiry, so ask for at least 2m30s",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	for what, c := range map[string]issuer.Config{
		"RefreshBefore of the SDK's lead": {RefreshBefore: time.Minute},
		"more than a day":                 {ValidFor: 25 * time.Hour},
		"half a second":                   {ValidFor: 10*time.Minute + 500*time.Millisecond},
		"too little use":                  {ValidFor: 5 * time.Minute, RefreshBefore: 5*time.Minute - time.Second},
	} {
		c.Matterport, c.Policy = &upstream{}, &rules{}
		if _, err := issuer.New(c); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

func TestClosedIssuerIssuesNothing(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	_ = r.Close()
	r.refuse(t, issuer.ErrUnavailable, alice, office)
	if _, err := r.Revoke(t.Context(), store.Selector{User: "alice"}); !errors.Is(err, issuer.ErrUnavailable) {
		t.Errorf("Revoke: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}
