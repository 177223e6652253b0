package issuer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// spender is a store that counts for several issuers.
type spender struct {
	store.Store
	shared *budget.Budget
	names  *[]string
	fails  func(ctx context.Context) error
}

func (s *spender) Spend(ctx context.Context, name string, _ int, _ time.Duration) (time.Duration, error) {
	*s.names = append(*s.names, name)
	if s.fails != nil {
		return time.Hour, s.fails(ctx)
	}
	return s.shared.Spend(name), nil
}

func newSpender() *spender {
	return &spender{Store: issuer.NewMemory(issuer.MemoryConfig{}), names: new([]string)}
}

func TestReplicasCountTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared, names := budget.New(2, 10*time.Second, time.Now), new([]string)
		replica := func() *rig {
			return newRig(t, func(c *issuer.Config) {
				c.MintBurst, c.MintEvery = 2, 10*time.Second
				c.Store = &spender{Store: issuer.NewMemory(issuer.MemoryConfig{}), shared: shared, names: names}
			})
		}
		one, other := replica(), replica()
		one.issue(t, alice, office)
		other.issue(t, alice, office)
		if retry := one.refuse(t, issuer.ErrRateLimited, alice, warehouse); retry != 10*time.Second {
			t.Errorf("RetryAfter %v, want 10s", retry)
		}
		one.issue(t, alice, office) // stored tokens cost nothing
		other.issue(t, bob, warehouse)
		if len(*names) != 4 || (*names)[0] != "mint alice" {
			t.Errorf("the store was asked about %q", *names)
		}
		time.Sleep(10 * time.Second)
		other.issue(t, alice, warehouse)
	})
}

func TestUserOverTheLimitCostsNoRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpender()
		s.shared = budget.New(5, time.Minute, time.Now)
		r := newRig(t, func(c *issuer.Config) { c.MintBurst, c.MintEvery, c.Store = 5, time.Minute, s })
		for range 5 {
			s.shared.Spend("mint alice") // on other replicas
		}
		for range 1000 {
			r.refuse(t, issuer.ErrRateLimited, alice, office)
		}
		if n := len(*s.names); n != 5 {
			t.Errorf("%d round trips, want 5", n)
		}
	})
}

func TestLimitThatCannotBeLookedUpRefusesNoOne(t *testing.T) {
	for what, fails := range map[string]func(context.Context) error{
		"fails":  func(context.Context) error { return errors.New("down") },
		"panics": func(context.Context) error { panic("secret-token") },
		"hangs":  func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newSpender()
			s.fails = fails
			r := newRig(t, func(c *issuer.Config) { c.MintBurst, c.MintEvery, c.Store = 2, time.Minute, s })
			began := time.Now()
			r.issue(t, alice, office)
			r.issue(t, alice, warehouse)
			r.refuse(t, issuer.ErrRateLimited, alice, showroom) // this process counts
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("the store %s: two tokens take %v", what, took)
			}
		})
	}
}

func TestFloodOfRefusalsHasAnEventAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events *event.Stream
		r := newRig(t, func(c *issuer.Config) {
			events = event.OrLog(nil, c.Logger)
			c.MintBurst, c.MintEvery, c.Events = 1, time.Hour, events
		})
		r.issue(t, alice, office)
		for range 90 {
			r.refuse(t, issuer.ErrRateLimited, alice, warehouse)
			time.Sleep(time.Second)
		}
		r.rules.set("bob", office, warehouse)
		r.issue(t, bob, office)
		r.refuse(t, issuer.ErrRateLimited, bob, warehouse)
		if n := events.Counter(event.TokenWithheld, "limit").Load(); n != 91 {
			t.Errorf("%d refusals are counted, want all 91", n)
		}
		records := 0
		for line := range strings.Lines(r.log.String()) {
			if strings.Contains(line, "reason=limit") {
				records++
			}
		}
		if log := r.log.String(); records != 3 || !strings.Contains(log, "user=alice") || !strings.Contains(log, "count=60") {
			t.Errorf("%d records, want one at first, one after a minute for 60 refusals, and bob's:\n%s", records, log)
		}
	})
}

// A user who is over the limit keeps the tour that runs, for as long as the token is good.
func TestUserOverTheLimitGetsStoredTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(c *issuer.Config) { c.MintBurst, c.MintEvery = 1, time.Hour })
		token := r.issue(t, alice, office)
		r.refuse(t, issuer.ErrRateLimited, alice, warehouse)
		for range 8 {
			if again := r.issue(t, alice, office); again.AccessToken != token.AccessToken {
				t.Error("another token")
			}
			time.Sleep(time.Minute)
		}
		for range 50 { // it is due to be renewed, which is refused
			r.issue(t, alice, office)
		}
		r.up.wantMints(t, 1)
		if n := strings.Count(r.log.String(), "reason=trouble"); n != 1 {
			t.Errorf("%d records within a minute of one token that cannot be renewed, want 1", n)
		}
	})
}
