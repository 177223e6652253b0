package catalog_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
)

// pace is a policy that takes a second for a model, unless its context ends; stubborn goes on then.
type pace struct {
	*rules
	running, most atomic.Int64
}

func newPace(stubborn bool) *pace {
	p := new(pace)
	p.rules = &rules{allowed: func(ctx context.Context, u *identity.User, _ string) (bool, error) {
		p.most.Store(max(p.most.Load(), p.running.Add(1)))
		defer p.running.Add(-1)
		if stubborn {
			ctx = context.WithoutCancel(ctx)
		}
		select {
		case <-time.After(time.Second):
			return ctx.Value(key{}) != "stranger", nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}}
	return p
}

type key struct{}

// oneModel makes each listing take a second.
func oneModel(c *catalog.Config) { c.MaxChecks = 1; c.Keep = 24 * time.Hour }

func TestSameListingIsMadeOnceForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(false)
		c := newCatalog(t, newAccount(), p, oneModel)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				u := *alice // as each request has a User of its own
				l := list(t, c, &u)
				if len(l.Spaces) != 1 || l.Spaces[0].ID != office {
					t.Errorf("%+v", l)
					return
				}
				l.Spaces[0].ID = "mine" // and a listing of its own
			})
		}
		wg.Wait()
		if n := p.asked.Load(); n != 1 {
			t.Errorf("%d questions, want 1", n)
		}
		list(t, c, alice)
		if n := p.asked.Load(); n != 2 {
			t.Errorf("%d questions, want the policy asked again: nothing is remembered", n)
		}
	})
}

func TestOtherListingsOfAPersonWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(false)
		c := newCatalog(t, newAccount(), p, oneModel)
		search := func(u *identity.User, query string) func() {
			return func() {
				if _, err := c.Search(t.Context(), u, query); err != nil {
					t.Error(err)
				}
			}
		}
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(search(alice, ""))
		wg.Go(search(alice, "head"))
		wg.Go(search(alice, "HEAD "))
		wg.Go(search(&identity.User{ID: "alice", Groups: []string{"facilities"}}, ""))
		wg.Wait()
		if took := time.Since(start); took != 3*time.Second || p.asked.Load() != 3 || p.most.Load() != 1 {
			t.Errorf("%d questions, %d at once, in %v; want 3, one after the other", p.asked.Load(), p.most.Load(), took)
		}
		wg.Go(search(alice, ""))
		wg.Go(search(&identity.User{ID: "bob"}, ""))
		wg.Wait()
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("bob waits for alice: %v", took)
		}
	})
}

func TestCallerThatLeavesDoesNotDisturbOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(false)
		c := newCatalog(t, newAccount(), p, oneModel)
		hasty, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "first"), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.For(hasty, alice); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 300*time.Millisecond {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
		time.Sleep(100 * time.Millisecond)
		if l := list(t, c, alice); len(l.Spaces) != 1 || time.Since(start) != time.Second || p.asked.Load() != 1 {
			t.Errorf("%+v after %v and %d questions", l, time.Since(start), p.asked.Load())
		}
		wg.Wait()
	})
}

func TestListingWithoutCallersEnds(t *testing.T) {
	for name, stubborn := range map[string]bool{"policy ends with its context": false, "policy goes on": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPace(stubborn)
				c := newCatalog(t, newAccount(), p, func(c *catalog.Config) { c.Keep = time.Hour })
				ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond) // in the second question
				defer cancel()
				if _, err := c.For(ctx, alice); err == nil {
					t.Error("listed after the caller has left")
				}
				// Who comes now asks anew, after what was abandoned has ended.
				if l := list(t, c, alice); len(l.Spaces) == 0 || p.most.Load() != 1 {
					t.Errorf("%+v, %d questions at once", l, p.most.Load())
				}
				if n := p.asked.Load(); n != 2+2 && n != 2+3 {
					t.Errorf("%d questions: the abandoned listing went on", n)
				}
			})
		})
	}
}

func TestWaitsEndWhereAPolicyHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := &rules{allowed: func(context.Context, *identity.User, string) (bool, error) { <-release; return true, nil }}
		c := newCatalog(t, newAccount(), r, nil)
		var wg sync.WaitGroup
		for _, query := range []string{"", "", "head", "ware"} {
			wg.Go(func() {
				start := time.Now()
				if _, err := c.Search(t.Context(), alice, query); err == nil || time.Since(start) > 15*time.Second {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		}
		wg.Wait()
		if n := r.asked.Load(); n != 1 {
			t.Errorf("%d questions, want no more while the first one hangs", n)
		}
		close(release)
	})
}

func TestCloseEndsListings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(false)
		c := newCatalog(t, newAccount(), p, nil)
		var wg sync.WaitGroup
		for _, query := range []string{"", "head"} {
			wg.Go(func() {
				if l, err := c.Search(t.Context(), alice, query); err == nil || len(l.Spaces) != 0 {
					t.Errorf("%+v, %v", l, err)
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		if err := c.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		wg.Wait()
	})
}

// A policy can end its goroutine, as t.FailNow does.
func TestWaitEndsWithAPolicyThatDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rules{allowed: func(ctx context.Context, _ *identity.User, _ string) (bool, error) {
			runtime.Goexit()
			return true, nil
		}}
		c := newCatalog(t, newAccount(), r, nil)
		for range 2 {
			if l, err := c.For(t.Context(), alice); err == nil || len(l.Spaces) != 0 {
				t.Errorf("%+v, %v", l, err)
			}
		}
	})
}

func TestPolicyHasTheValuesOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(false)
		c := newCatalog(t, newAccount(), p, oneModel)
		if l, err := c.For(context.WithValue(t.Context(), key{}, "stranger"), alice); len(l.Spaces) != 0 || err != nil {
			t.Errorf("%+v, %v", l, err)
		}
	})
}
