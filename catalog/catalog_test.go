package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	showroom  = "JGPnGQ6hosj"
)

var alice = &identity.User{ID: "alice"}

// account is Matterport's list of models, two to a page.
type account struct {
	mu     sync.Mutex
	models []matterport.Model
	calls  int
	err    error
	takes  time.Duration
}

func (a *account) Models(ctx context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	if a.takes > 0 {
		select {
		case <-time.After(a.takes):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	from := 0
	if q.Offset != "" {
		if _, err := fmt.Sscan(q.Offset, &from); err != nil {
			return nil, err
		}
	}
	to := min(from+2, len(a.models))
	page := &matterport.ModelPage{Models: a.models[from:to], Total: len(a.models)}
	if to < len(a.models) {
		page.NextOffset = fmt.Sprint(to)
	}
	return page, nil
}

func newAccount() *account {
	return &account{models: []matterport.Model{
		{ID: office, Name: "Head office", ThumbnailURL: "https://img/office"},
		{ID: warehouse, Name: "Warehouse", ThumbnailURL: "https://img/warehouse"},
		{ID: showroom, ThumbnailURL: "https://img/showroom"},
	}}
}

func newCatalog(t *testing.T, a catalog.Matterport, rules access.Source, change func(*catalog.Config)) *catalog.Catalog {
	t.Helper()
	policy, err := rules.Policy()
	if err != nil {
		t.Fatal(err)
	}
	cfg := catalog.Config{Matterport: a, Policy: policy}
	if change != nil {
		change(&cfg)
	}
	c, err := catalog.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func list(t *testing.T, c *catalog.Catalog, u *identity.User) catalog.Listing {
	t.Helper()
	l, err := c.For(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var everything = access.List{{Users: []string{"alice"}, Models: []string{"*"}}}

func TestListingIsWhatTheRulesGrantUnderItsBestName(t *testing.T) {
	a := newAccount()
	c := newCatalog(t, a, access.List{
		{Users: []string{"alice"}, Models: []string{warehouse, office, "AAAAAAAAAAA"}, Names: map[string]string{office: "HQ"}},
	}, nil)
	want := catalog.Listing{Spaces: []catalog.Space{
		{ID: "AAAAAAAAAAA", Name: "AAAAAAAAAAA"},
		{ID: office, Name: "HQ", Thumbnail: "https://img/office"},
		{ID: warehouse, Name: "Warehouse", Thumbnail: "https://img/warehouse"},
	}}
	if diff := cmp.Diff(want, list(t, c, alice)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, u := range []*identity.User{nil, {}, {ID: "bob"}} {
		if l := list(t, c, u); len(l.Spaces) != 0 {
			t.Errorf("%v sees %v", u, l.Spaces)
		}
	}
	if name := c.Space(t.Context(), alice, office).Name; name != "HQ" {
		t.Errorf("Name = %q", name)
	}
	if name := c.Space(t.Context(), alice, warehouse).Name; name != "Warehouse" {
		t.Errorf("Name = %q", name)
	}
}

func TestOpenGrantIsTheAccountsModelsThatThePolicyAllows(t *testing.T) {
	a := newAccount()
	all := list(t, newCatalog(t, a, everything, nil), alice)
	if len(all.Spaces) != 3 || all.Partial || a.calls != 2 {
		t.Errorf("%+v in %d calls, want all three in two", all, a.calls)
	}
	notOffice := access.Func(func(_ context.Context, _ *identity.User, model string) (bool, error) { return model != office, nil })
	if l := list(t, newCatalog(t, a, notOffice, nil), alice); len(l.Spaces) != 2 {
		t.Errorf("%+v, want two", l)
	}
	if l := list(t, newCatalog(t, a, everything, func(c *catalog.Config) { c.MaxModels = 2 }), alice); len(l.Spaces) != 2 || !l.Partial {
		t.Errorf("%+v, want two of more", l)
	}
}

func TestFailingPolicyListsNothing(t *testing.T) {
	doubt := access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, errors.New("down") })
	if l, err := newCatalog(t, newAccount(), doubt, nil).For(t.Context(), alice); err == nil || len(l.Spaces) != 0 {
		t.Errorf("%+v, %v; want an error and nothing", l, err)
	}
}

func TestAccountIsAskedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount()
		a.models = a.models[:2]
		a.takes = time.Second
		c := newCatalog(t, a, everything, nil)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { list(t, c, alice) })
		}
		wg.Wait()
		time.Sleep(50 * time.Second)
		list(t, c, alice)
		if a.calls != 1 {
			t.Errorf("%d calls, want 1", a.calls)
		}
		time.Sleep(10 * time.Second)
		list(t, c, alice)
		if a.calls != 2 {
			t.Errorf("%d calls after a minute, want 2", a.calls)
		}
	})
}

func TestListingGoesWithoutAMatterportThatFailsOrIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount()
		c := newCatalog(t, a, everything, nil)
		list(t, c, alice)
		a.err = errors.New("503")
		time.Sleep(time.Minute)
		for range 5 {
			if l := list(t, c, alice); len(l.Spaces) != 3 || !l.Partial {
				t.Errorf("%+v, want what was known, marked partial", l)
			}
		}
		if a.calls != 3 {
			t.Errorf("%d calls, want the failed one not repeated at once", a.calls)
		}
		a.err, a.takes = nil, 10*time.Second
		time.Sleep(10 * time.Second)
		start := time.Now()
		list(t, c, alice)
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("waited %v, want 3s", waited)
		}
		time.Sleep(30 * time.Second)
		if l := list(t, c, alice); l.Partial {
			t.Error("the slow answer was lost")
		}
	})
}

func TestNothingIsListedAfterClose(t *testing.T) {
	c := newCatalog(t, newAccount(), everything, nil)
	list(t, c, alice)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err := c.For(t.Context(), alice); err == nil || len(l.Spaces) != 0 {
		t.Errorf("%d spaces, %v", len(l.Spaces), err)
	}
}

func TestConfigReportsEverythingThatIsWrong(t *testing.T) {
	_, err := catalog.New(catalog.Config{Keep: -1})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("%v, want three problems", err)
	}
}

func Example() {
	policy, err := access.List{{Groups: []string{"facilities"}, Models: []string{"*"}}}.Policy()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := catalog.New(catalog.Config{Matterport: newAccount(), Policy: policy})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = c.Close() }()

	listing, err := c.For(context.Background(), &identity.User{ID: "bob", Groups: []string{"facilities"}})
	for _, space := range listing.Spaces {
		fmt.Println(space.ID, space.Name)
	}
	fmt.Println(err)
	// Output:
	// SxQL3iGyoDo Head office
	// JGPnGQ6hosj JGPnGQ6hosj
	// yyHDFKzPzvN Warehouse
	// <nil>
}
