package catalog_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

func TestRefreshHasMatterportAskedAgain(t *testing.T) {
	a := newAccount()
	c := newCatalog(t, a, granted, nil)
	list(t, c, alice)
	calls := a.calls
	a.models[0].Name = "Annex"
	if l := list(t, c, alice); l.Spaces[0].Name != "Head office" || a.calls != calls {
		t.Fatalf("%+v, and %d calls: the models are not cached", l, a.calls-calls)
	}
	c.Refresh()
	if a.calls != calls {
		t.Error("Refresh asks by itself")
	}
	if s := c.Space(t.Context(), alice, office); s.Thumbnail != "https://img/office" || s.Name != "Annex" {
		t.Errorf("%+v", s)
	}
	if l := list(t, c, alice); l.Spaces[0].Name != "Annex" || a.calls != 2*calls {
		t.Errorf("%+v, %d calls", l, a.calls)
	}
	if list(t, c, alice); a.calls != 2*calls {
		t.Error("one Refresh is two")
	}
}

func TestRefreshDoesNotHurryAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount()
		c := newCatalog(t, a, granted, nil)
		c.Refresh()
		a.err = matterport.ErrUnavailable
		for range 10 {
			list(t, c, alice)
		}
		if a.calls != 1 {
			t.Errorf("%d calls during an outage, want 1", a.calls)
		}
		time.Sleep(10 * time.Second)
		if list(t, c, alice); a.calls != 2 {
			t.Errorf("%d calls 10 s later, want 2", a.calls)
		}
	})
}

func TestRefreshDuringAListingCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount()
		a.takes = time.Second
		c := newCatalog(t, a, granted, nil)
		go func() {
			time.Sleep(500 * time.Millisecond)
			c.Refresh()
		}()
		list(t, c, alice)
		calls := a.calls
		if list(t, c, alice); a.calls != 2*calls {
			t.Errorf("%d calls, want %d: the first listing may have missed the change", a.calls, 2*calls)
		}
	})
}
