package issuer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport"
)

// tail is how long before an end nothing is minted, with the defaults.
const tail = 2*time.Minute + 65*time.Second

// A span is when a model can be seen. A zero time is no bound.
type span struct{ from, until time.Time }

// calendar is a policy with dates. Everyone can see its models.
type calendar struct {
	mu      sync.Mutex
	spans   map[string]span
	err     error
	next    func(now time.Time) time.Time // instead of its own
	changed func()
	asked   int
}

func (c *calendar) Allowed(context.Context, *identity.User, string) (bool, error) {
	return true, nil // who asks it forgets the dates
}

func (c *calendar) Dated(policy access.Policy) bool { return policy == access.Policy(c) }

func (c *calendar) AllowedAt(_ context.Context, _ *identity.User, model string, clock func() time.Time) (bool, time.Time, error) {
	now := clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	s, ok := c.spans[model]
	if !ok || c.err != nil || now.Before(s.from) || !s.until.IsZero() && !now.Before(s.until) {
		return false, time.Time{}, c.err
	}
	return true, s.until, nil
}

func (c *calendar) NextChange(now time.Time) (next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		return c.next(now)
	}
	for _, s := range c.spans {
		for _, at := range []time.Time{s.from, s.until} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

func (c *calendar) Grants(context.Context, *identity.User) (access.Grants, error) {
	return access.Grants{}, nil
}

func (c *calendar) Watch(changed func()) func() {
	c.changed = changed
	return func() {}
}

func (c *calendar) set(model string, s span) {
	c.mu.Lock()
	c.spans[model] = s
	c.mu.Unlock()
}

func (c *calendar) fail(err error) {
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
}

func (c *calendar) questions() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// datedRig is a rig with a calendar, and with Matterport's clock off by skew. Its times are Matterport's.
func datedRig(t *testing.T, skew time.Duration, change func(*issuer.Config)) (*rig, *calendar) {
	t.Helper()
	c := &calendar{spans: make(map[string]span)}
	r := newRig(t, func(cfg *issuer.Config) {
		cfg.Policy = c
		if change != nil {
			change(cfg)
		}
	})
	r.up.set(func(u *upstream) { u.skew = skew })
	synctest.Wait()
	return r, c
}

func (r *rig) now() time.Time {
	now, _ := r.up.ServerTime()
	return now
}

// skews are how far Matterport's clock is from this machine's.
var skews = map[string]time.Duration{"same clock": 0, "an hour ahead": time.Hour, "an hour behind": -time.Hour}

// atSkews runs a test in a bubble for each of skews.
func atSkews(t *testing.T, f func(t *testing.T, skew time.Duration)) {
	t.Helper()
	for name, skew := range skews {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, skew) })
		})
	}
}

func TestTokenNeverLivesPastTheEndOfItsGrant(t *testing.T) {
	atSkews(t, func(t *testing.T, skew time.Duration) {
		r, c := datedRig(t, skew, nil)
		end := r.now().Add(5*time.Minute + 700*time.Millisecond)
		c.set(office, span{until: end})
		token := r.issue(t, alice, office)
		if !strings.Contains(r.log.String(), "until "+end.UTC().Format(time.RFC3339)) {
			t.Errorf("the log does not say until when:\n%s", r.log)
		}
		if token.ExpiresIn != 300 || token.ValidUntil.After(end) {
			t.Errorf("the token expires in %d s, at %v, want 300 s", token.ExpiresIn, token.ValidUntil)
		}
		time.Sleep(5*time.Minute + 699*time.Millisecond)
		if err := r.Authorize(t.Context(), alice, office); err != nil {
			t.Errorf("refused before the end: %v", err)
		}
		time.Sleep(time.Millisecond)
		r.refuse(t, issuer.ErrDenied, alice, office)
		synctest.Wait()
		r.up.wantLive(t, 0)
		r.up.wantMints(t, 1)
	})
}

// An SDK asks 60 seconds before its token expires. Its tour has a token until the end, and not longer.
func TestTourGoesOnUntilTheEnd(t *testing.T) {
	for minutes := 3; minutes <= 45; minutes++ {
		synctest.Test(t, func(t *testing.T) {
			r, c := datedRig(t, 0, nil)
			end := r.now().Add(time.Duration(minutes)*time.Minute + 6*time.Second)
			c.set(office, span{until: end})
			tour(t, r, end)
		})
	}
}

func tour(t *testing.T, r *rig, end time.Time) {
	t.Helper()
	token := r.issue(t, alice, office)
	for {
		time.Sleep(time.Duration(token.ExpiresIn-60) * time.Second)
		next, err := r.Issue(t.Context(), alice, office)
		if err == nil {
			token = next
			continue
		}
		var why *issuer.Error
		if !errors.Is(err, issuer.ErrUnavailable) || !errors.As(err, &why) {
			t.Fatalf("%v before the end: %v, want ErrUnavailable", end.Sub(r.now()), err)
		}
		if short := end.Sub(token.ValidUntil); short > time.Second || short < 0 {
			t.Errorf("the last token ends %v before the grant", short)
		}
		if why.RetryAfter != end.Sub(r.now()) {
			t.Errorf("retry after %v, want %v", why.RetryAfter, end.Sub(r.now()))
		}
		time.Sleep(why.RetryAfter)
		r.refuse(t, issuer.ErrDenied, alice, office)
		return
	}
}

func TestNothingIsMintedShortlyBeforeTheEnd(t *testing.T) {
	atSkews(t, func(t *testing.T, skew time.Duration) {
		r, c := datedRig(t, skew, nil)
		end := r.now().Add(tail + time.Minute)
		c.set(office, span{until: end})
		first := r.issue(t, alice, office)
		time.Sleep(time.Minute)
		for left := tail; left >= 70*time.Second; left -= 5 * time.Second {
			token := r.issue(t, alice, office)
			if token.AccessToken != first.AccessToken || token.ExpiresIn != int(left/time.Second) {
				t.Errorf("%v before the end: %+v", left, token)
			}
			r.refuse(t, issuer.ErrDenied, bob, office)
			time.Sleep(5 * time.Second)
		}
		if wait := r.refuse(t, issuer.ErrUnavailable, alice, office); wait != end.Sub(r.now()) {
			t.Errorf("retry after %v", wait)
		}
		r.up.wantMints(t, 1)
		if log := r.log.String(); !strings.Contains(log, "reason=ending") || !strings.Contains(log, end.UTC().Format(time.RFC3339)) {
			t.Errorf("the log does not say that the grant ends:\n%s", log)
		}
	})
}

func TestEndOfSeveralModelsIsTheEarliest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, 0, nil)
		c.set(warehouse, span{})
		c.set(office, span{until: r.now().Add(5 * time.Minute)})
		c.set(showroom, span{until: r.now().Add(8 * time.Minute)})
		for n, models := range [][]string{{showroom, warehouse, office}, {office, warehouse, showroom}} {
			user := &identity.User{ID: fmt.Sprint("user-", n)}
			if token := r.issue(t, user, models...); token.ExpiresIn != 300 {
				t.Errorf("%v expires in %d s, want 300", models, token.ExpiresIn)
			}
		}
		if token := r.issue(t, alice, warehouse); token.ExpiresIn != 600 {
			t.Errorf("expires in %d s without an end, want 600", token.ExpiresIn)
		}
	})
}

func TestPagesAreToldOfABeginningAndAnEnd(t *testing.T) {
	atSkews(t, func(t *testing.T, skew time.Duration) {
		r, c := datedRig(t, skew, nil)
		c.set(office, span{from: r.now().Add(10 * time.Second), until: r.now().Add(30 * time.Minute)})
		c.changed()
		synctest.Wait()
		page := revocations.Listen(r.Issuer, "alice", []string{office})
		defer page.Stop()
		for _, wait := range []time.Duration{10 * time.Second, 30*time.Minute - 10*time.Second} {
			time.Sleep(wait - time.Millisecond)
			wantTold(t, page, false)
			time.Sleep(time.Millisecond)
			wantTold(t, page, true)
		}
	})
}

func wantTold(t *testing.T, page *revocations.Listener, want bool) {
	t.Helper()
	synctest.Wait()
	select {
	case <-page.C:
		if !want {
			t.Error("the page was told too early")
		}
	default:
		if want {
			t.Error("the page was not told")
		}
	}
}

// A reload can give a rule an earlier end than a token that was minted before has.
func TestTokenIsRevokedAtAnEndThatWasMovedForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, 0, nil)
		c.set(office, span{})
		r.issue(t, alice, office)
		end := r.now().Add(4 * time.Minute)
		c.set(office, span{until: end})
		c.changed()
		synctest.Wait()
		if token := r.issue(t, alice, office); token.ExpiresIn != 240 || !token.ValidUntil.Equal(end) {
			t.Errorf("%+v, want it to end with the grant", token)
		}
		time.Sleep(4*time.Minute - time.Second)
		r.up.wantLive(t, 1)
		time.Sleep(time.Second)
		synctest.Wait()
		r.up.wantLive(t, 0)
		r.up.wantMints(t, 1)
	})
}

func TestFailureAtTheEndRefusesAndRevokesNothingYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, 0, nil)
		c.set(office, span{})
		r.issue(t, alice, office)
		c.set(office, span{until: r.now().Add(time.Minute)})
		c.changed()
		time.Sleep(30 * time.Second)
		c.fail(errors.New("directory down"))
		time.Sleep(45 * time.Second)
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		r.up.wantLive(t, 1)
		c.fail(nil)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		r.up.wantLive(t, 0)
	})
}

func TestClockThatJumpsIsNoticedWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, 0, func(cfg *issuer.Config) { cfg.ValidFor = 24 * time.Hour })
		c.set(office, span{until: r.now().Add(20 * time.Hour)})
		r.issue(t, alice, office)
		synctest.Wait()
		r.up.set(func(u *upstream) { u.skew = 20 * time.Hour })
		time.Sleep(time.Minute)
		synctest.Wait()
		r.up.wantLive(t, 0)
	})
}

func TestPolicyIsRecheckedAtMostOnceASecond(t *testing.T) {
	for name, tc := range map[string]struct {
		next func(time.Time) time.Time
		most int // questions in a minute
	}{
		"now":        {func(now time.Time) time.Time { return now }, 1},
		"past":       {func(now time.Time) time.Time { return now.Add(-time.Hour) }, 1},
		"soon":       {func(now time.Time) time.Time { return now.Add(1) }, 62},
		"one moment": {func(time.Time) time.Time { return time.Date(2000, 1, 1, 0, 0, 30, 0, time.UTC) }, 2},
		"panic":      {func(time.Time) time.Time { panic("secret-token") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, c := datedRig(t, 0, nil)
				c.set(office, span{})
				r.issue(t, alice, office)
				before := c.questions()
				c.mu.Lock()
				c.next = tc.next
				c.mu.Unlock()
				c.changed()
				time.Sleep(time.Minute)
				if n := c.questions() - before; n > tc.most {
					t.Errorf("asked %d times in a minute, want at most %d", n, tc.most)
				}
			})
		})
	}
}

func TestDeadlineOfAFunctionEndsItsTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		until := time.Now().Add(5 * time.Minute)
		r := newRig(t, func(cfg *issuer.Config) {
			cfg.Policy = access.FuncUntil(func(context.Context, *identity.User, string) (bool, time.Time, error) {
				mu.Lock()
				defer mu.Unlock()
				return true, until, nil
			})
		})
		if token := r.issue(t, alice, office); token.ExpiresIn != 300 {
			t.Errorf("expires in %d s, want 300", token.ExpiresIn)
		}
		mu.Lock()
		until = until.Add(5 * time.Minute) // the next mint notices
		mu.Unlock()
		time.Sleep(4 * time.Minute)
		if token := r.issue(t, alice, office); token.ExpiresIn != 360 {
			t.Errorf("expires in %d s, want 360", token.ExpiresIn)
		}
		mu.Lock()
		until = time.Now().Add(4 * time.Minute) // earlier than the token
		mu.Unlock()
		if token := r.issue(t, alice, office); token.ExpiresIn != 240 {
			t.Errorf("expires in %d s, want 240", token.ExpiresIn)
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		r.refuse(t, issuer.ErrDenied, alice, office)
		if len(r.up.alive()) != 1 { // the first one has expired at Matterport, which the fake does not know
			t.Errorf("%v live upstream", r.up.alive())
		}
	})
}

func TestDatesAreNotJudgedByAnUnknownClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, time.Hour, nil)
		c.set(office, span{until: time.Now().Add(30 * time.Minute)}) // it has ended at Matterport
		c.set(warehouse, span{until: time.Now().Add(90 * time.Minute)})
		r.up.set(func(u *upstream) { u.cold, u.failing = true, matterport.ErrUnavailable })
		r.refuse(t, issuer.ErrUnavailable, alice, warehouse)
		r.up.wantMints(t, 0)
		r.up.set(func(u *upstream) { u.failing = nil })
		r.refuse(t, issuer.ErrDenied, alice, office)
		r.issue(t, alice, warehouse)
		if r.up.learned != 1 {
			t.Errorf("the time was learned %d times, want once", r.up.learned)
		}
	})
}

func TestPolicyWithoutADateNeedsNoClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, 0, nil)
		c.set(office, span{})
		r.up.set(func(u *upstream) { u.cold, u.failing = true, matterport.ErrUnavailable })
		if err := r.Authorize(t.Context(), alice, office); err != nil {
			t.Error(err)
		}
		if err := r.Authorize(t.Context(), alice, warehouse); !errors.Is(err, issuer.ErrDenied) {
			t.Error(err)
		}
	})
}

// stricter embeds a policy with dates and has an Allowed of its own.
type stricter struct{ *calendar }

func (stricter) Allowed(_ context.Context, u *identity.User, _ string) (bool, error) {
	return u.ID == "alice", nil
}

func TestAllowedOfAnEmbeddingPolicyCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &calendar{spans: map[string]span{office: {until: time.Now().Add(time.Hour)}}}
		r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = stricter{c} })
		r.issue(t, alice, office)
		r.refuse(t, issuer.ErrDenied, bob, office)
	})
}

func TestCachedTokenWithAnEndAllocatesNoMoreThanOneWithout(t *testing.T) {
	until := time.Now().Add(time.Hour)
	cost := func(policy access.Policy) float64 {
		r := newRig(t, func(cfg *issuer.Config) { cfg.Policy, cfg.Logger = policy, slog.New(slog.DiscardHandler) })
		r.issue(t, alice, office)
		ctx := r.Begin(t.Context())
		return testing.AllocsPerRun(100, func() { _, _ = r.Issue(ctx, alice, office) })
	}
	without := cost(access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, nil }))
	with := cost(access.FuncUntil(func(context.Context, *identity.User, string) (bool, time.Time, error) { return true, until, nil }))
	if with > without {
		t.Errorf("%v allocations with an end, %v without", with, without)
	}
}

// explaining is a policy that refuses, and says whether it was asked about a time before its end.
type explaining struct{ access.FuncUntil }

func (e explaining) Explain(ctx context.Context, u *identity.User, model string) (access.Explanation, error) {
	before, err := e.Allowed(ctx, u, model)
	return access.Explanation{Reason: fmt.Sprint("before=", before)}, err
}

func TestRefusalIsExplainedByTheClockOfMatterport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(30 * time.Minute)
		r := newRig(t, func(cfg *issuer.Config) {
			cfg.Policy = explaining{func(context.Context, *identity.User, string) (bool, time.Time, error) { return true, until, nil }}
		})
		r.up.set(func(u *upstream) { u.skew = time.Hour })
		r.refuse(t, issuer.ErrDenied, alice, office)
		if log := r.log.String(); !strings.Contains(log, "reason=\"before=false\"") {
			t.Errorf("explained by another clock:\n%s", log)
		}
	})
}

func TestPanicOfThePolicyLosesNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := datedRig(t, 0, nil)
		c.next = func(time.Time) time.Time { panic("secret-token") }
		c.set(office, span{until: r.now().Add(5 * time.Minute)})
		r.issue(t, alice, office)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		r.up.wantLive(t, 0)
		if !strings.Contains(r.log.String(), "panic recovered") {
			t.Error("the log does not say that the policy panicked")
		}
	})
}

// late is a policy that allows until an instant that is over.
type late struct{ *calendar }

func (late) Dated(access.Policy) bool { return true }

func (late) AllowedAt(_ context.Context, _ *identity.User, _ string, now func() time.Time) (bool, time.Time, error) {
	return true, now(), nil
}

func TestGrantThatIsOverIsARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = late{&calendar{}} })
		r.refuse(t, issuer.ErrDenied, alice, office)
		if log := r.log.String(); strings.Contains(log, "reason=ending") {
			t.Errorf("it is said to end:\n%s", log)
		}
	})
}

func TestRefusalNamesNoRuleThatDoesNotAllowTheModelNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		policy, err := access.List{
			{Users: []string{"ended"}, Models: []string{office}, Until: now},
			{Users: []string{"later"}, Models: []string{office}, From: now.Add(time.Hour)},
			{Users: []string{"elsewhere"}, Models: []string{"*"}, Except: access.Except{Models: []string{office}}},
			{Users: []string{"guest"}, Models: []string{office}, Until: now.Add(time.Hour)},
		}.Policy()
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = policy })
		r.refuse(t, issuer.ErrDenied, alice, office)
		for text, want := range map[string]bool{"ended": false, "later": false, "elsewhere": false, "guest": true} {
			if got := strings.Contains(r.log.String(), text); got != want {
				t.Errorf("%q in the log: %t\n%s", text, got, r.log)
			}
		}
	})
}
