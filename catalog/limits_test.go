package catalog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
)

// bigAccount has so many models, whose names are their numbers.
func bigAccount(models int) *account {
	a := new(account)
	for n := range models {
		a.models = append(a.models, matterport.Model{ID: modelNumber(n), Name: modelNumber(n)[5:]})
	}
	return a
}

func TestSearchAsksThePolicyOnlyAboutWhatMatches(t *testing.T) {
	r := &rules{allowed: func(_ context.Context, _ *identity.User, model string) (bool, error) {
		return model != modelNumber(121), nil
	}}
	c := newCatalog(t, bigAccount(300), r, nil)
	l, err := c.Search(t.Context(), alice, " 00012 MODEL ")
	if len(l.Spaces) != 10 || l.Partial || err != nil || r.asked.Load() != 11 {
		t.Errorf("%d spaces after %d questions, %v; want 10 after 11", len(l.Spaces), r.asked.Load(), err)
	}
}

func TestPolicyIsAskedAboutSoManyModelsOneByOne(t *testing.T) {
	r := &rules{allowed: allowAll}
	c := newCatalog(t, bigAccount(1300), r, nil)
	if l := list(t, c, alice); len(l.Spaces) != 1000 || !l.Partial || !l.More || r.asked.Load() != 1000 {
		t.Errorf("%d spaces after %d questions, partial %v, more %v; want 1000 of more", len(l.Spaces), r.asked.Load(), l.Partial, l.More)
	}
	if l, err := c.Search(t.Context(), alice, "001299"); len(l.Spaces) != 1 || l.Partial || l.More || err != nil {
		t.Errorf("%+v, %v; want the last one to be found", l, err)
	}
	few := newCatalog(t, bigAccount(4), r, func(c *catalog.Config) { c.MaxChecks = 3 })
	if l := list(t, few, alice); len(l.Spaces) != 3 || !l.More {
		t.Errorf("%+v, want three of more", l)
	}
	all := newCatalog(t, bigAccount(3), r, func(c *catalog.Config) { c.MaxChecks = 3 })
	if l := list(t, all, alice); len(l.Spaces) != 3 || l.Partial || l.More {
		t.Errorf("%+v, want all three", l)
	}
}

func TestSlowPolicyIsAskedForTwoSeconds(t *testing.T) {
	for name, cooperative := range map[string]bool{"ends with its context": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &rules{allowed: func(ctx context.Context, _ *identity.User, _ string) (bool, error) {
					if !cooperative {
						ctx = context.WithoutCancel(ctx)
					}
					select {
					case <-time.After(300 * time.Millisecond):
						return true, nil
					case <-ctx.Done():
						return false, ctx.Err()
					}
				}}
				c := newCatalog(t, bigAccount(100), r, nil)
				start := time.Now()
				l := list(t, c, alice)
				took := time.Since(start)
				if len(l.Spaces) < 6 || len(l.Spaces) > 7 || !l.Partial || !l.More || took > 2100*time.Millisecond || r.asked.Load() != 7 {
					t.Errorf("%d spaces in %v, %d questions, partial %v", len(l.Spaces), took, r.asked.Load(), l.Partial)
				}
			})
		})
	}
}

func TestListingIsBounded(t *testing.T) {
	listed := access.List{{Users: []string{"alice"}}}
	for n := range 60 {
		listed[0].Models = append(listed[0].Models, modelNumber(n))
	}
	bounded := func(c *catalog.Config) { c.MaxModels = 50 }
	c := newCatalog(t, new(account), listed, bounded)
	if l := list(t, c, alice); len(l.Spaces) != 50 || !l.Partial || !l.More {
		t.Errorf("%d spaces, partial %v, more %v; want 50 of more", len(l.Spaces), l.Partial, l.More)
	}
	if l, err := c.Search(t.Context(), alice, modelNumber(59)); len(l.Spaces) != 1 || l.Partial || err != nil {
		t.Errorf("%+v, %v; want the last one to be found", l, err)
	}
	listed[0].Models = append([]string{"*"}, listed[0].Models[:50]...)
	if l := list(t, newCatalog(t, bigAccount(60), listed, bounded), alice); len(l.Spaces) != 50 || !l.Partial || l.More {
		t.Errorf("%d spaces, partial %v, more %v; want the 50 that are known of more", len(l.Spaces), l.Partial, l.More)
	}
}

// onePage is an account whose pages are bigger than what was asked for.
type onePage []matterport.Model

func (p onePage) Models(context.Context, matterport.ModelQuery) (*matterport.ModelPage, error) {
	return &matterport.ModelPage{Models: p, Total: len(p)}, nil
}

// circle is an account whose pages never end.
type circle struct{ calls int }

func (c *circle) Models(_ context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error) {
	c.calls++
	next := map[string]string{"": "a", "a": "b", "b": "a"}[q.Offset]
	return &matterport.ModelPage{Models: []matterport.Model{{ID: office, Name: q.Offset}}, NextOffset: next}, nil
}

func TestNoMoreOfTheAccountIsTakenInThanThereMayBe(t *testing.T) {
	c := newCatalog(t, onePage(bigAccount(10).models), everything, func(c *catalog.Config) { c.MaxModels = 4 })
	if l := list(t, c, alice); len(l.Spaces) != 4 || !l.Partial {
		t.Errorf("%d spaces, partial %v; want 4 of more", len(l.Spaces), l.Partial)
	}
	pages := new(circle)
	if l := list(t, newCatalog(t, pages, everything, nil), alice); len(l.Spaces) != 1 || !l.Partial || pages.calls > 3 {
		t.Errorf("%+v after %d pages", l, pages.calls)
	}
}

// listings counts how many listings a person can make at once, up to most.
func listings(t *testing.T, c *catalog.Catalog, u *identity.User, most int) (n int, wait time.Duration) {
	t.Helper()
	for ; n < most; n++ {
		l, err := c.For(t.Context(), u)
		if limit, ok := errors.AsType[*catalog.RateLimitError](err); ok {
			if len(l.Spaces) != 0 || limit.RetryAfter <= 0 {
				t.Fatalf("%d spaces beside %v", len(l.Spaces), err)
			}
			return n, limit.RetryAfter
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return n, 0
}

func TestEachPersonHasABudget(t *testing.T) {
	for name, test := range map[string]struct {
		source access.Source
		models int
		want   int
		pause  time.Duration // that is enough for one more
	}{
		"list":              {everything, 20, 600, 100 * time.Millisecond},
		"function":          {access.Func(allowAll), 200, 120, 500 * time.Millisecond},
		"function for many": {access.Func(allowAll), 1200, 28, 2100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCatalog(t, bigAccount(test.models), test.source, func(c *catalog.Config) { c.Keep = time.Hour })
				n, wait := listings(t, c, alice, 1000)
				if n != test.want || wait > test.pause+100*time.Millisecond {
					t.Errorf("%d listings at once, and the next in %v; want %d and %v", n, wait, test.want, test.pause)
				}
				if n, _ := listings(t, c, &identity.User{ID: "bob"}, 1); n != 1 {
					t.Error("alice has spent bob's budget")
				}
				time.Sleep(wait)
				if n, _ := listings(t, c, alice, 1); n != 1 {
					t.Errorf("refused again after %v", wait)
				}
			})
		})
	}
}

func TestUserWhoListsTooOftenHasARecordAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		c := newCatalog(t, bigAccount(1200), access.Func(allowAll), func(c *catalog.Config) {
			c.Keep, c.Logger = time.Hour, slog.New(slog.NewTextHandler(&log, nil))
		})
		refused := 0
		for began := time.Now(); time.Since(began) < 65*time.Second; time.Sleep(100 * time.Millisecond) {
			if _, err := c.For(t.Context(), alice); err != nil {
				refused++
			}
		}
		if n := strings.Count(log.String(), "spaces not listed"); refused < 100 || n != 2 {
			t.Errorf("%d records of %d refusals in a minute, want 2:\n%s", n, refused, log.String())
		}
	})
}

// An hour of somebody who looks at the gallery every few seconds, in three tabs, behind a function.
func TestVisitorWhoBrowsesHasEnoughBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCatalog(t, bigAccount(1200), access.Func(allowAll), func(c *catalog.Config) { c.Keep = 24 * time.Hour })
		for visit := range 60 {
			for range 3 {
				if n, wait := listings(t, c, alice, 2); n != 2 {
					t.Fatalf("refused at visit %d, for %v", visit, wait)
				}
			}
			if _, err := c.Search(t.Context(), alice, "0001"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestLimitsMustNotBeNegative(t *testing.T) {
	policy, err := everything.Policy()
	if err != nil {
		t.Fatal(err)
	}
	_, err = catalog.New(catalog.Config{Matterport: new(account), Policy: policy, MaxChecks: -1})
	if diff := cmp.Diff("catalog: Keep, MaxModels and MaxChecks must not be negative", err.Error()); diff != "" {
		t.Error(diff)
	}
}
