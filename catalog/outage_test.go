package catalog_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
)

var granted = access.List{{Users: []string{"alice"}, Models: []string{office, warehouse}}}

func TestListingSaysThatMatterportDoesNotAnswer(t *testing.T) {
	for _, tc := range []struct {
		err     error
		refused bool
	}{
		{matterport.ErrUnavailable, false},
		{matterport.ErrRateLimited, false},
		{fmt.Errorf("a wrong secret: %w", matterport.ErrUnauthorized), true},
		{matterport.ErrMalformed, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newAccount()
			a.err = tc.err
			c := newCatalog(t, a, granted, nil)
			l := list(t, c, alice)
			if !l.Degraded || l.Refused != tc.refused || l.Partial || len(l.Spaces) != 2 || l.Spaces[0].Name != office {
				t.Errorf("%v: %+v", tc.err, l)
			}
			a.err = nil
			time.Sleep(10 * time.Second)
			if l := list(t, c, alice); l.Degraded || l.Refused || l.Spaces[0].Name != "Head office" {
				t.Errorf("%v: afterwards %+v", tc.err, l)
			}
			a.err = tc.err
			time.Sleep(time.Minute)
			if l := list(t, c, alice); !l.Degraded || l.Spaces[0].Name != "Head office" {
				t.Errorf("%v: again %+v", tc.err, l)
			}
		})
	}
}

func TestListingSaysThatMatterportHasNotAnsweredYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount()
		a.takes = 5 * time.Second
		c := newCatalog(t, a, granted, nil)
		if l := list(t, c, alice); !l.Degraded || l.Refused {
			t.Errorf("%+v", l)
		}
		time.Sleep(10 * time.Second)
		if l := list(t, c, alice); l.Degraded {
			t.Errorf("afterwards %+v", l)
		}
	})
}

func TestOutageIsLoggedOnceWithWhatToDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(logtest.Buffer)
		a := newAccount()
		c := newCatalog(t, a, granted, func(c *catalog.Config) { c.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		for _, step := range []struct {
			err  error
			want string
		}{
			{nil, ""},
			{matterport.ErrUnavailable, "reaches its API"},
			{matterport.ErrUnauthorized, "check the client ID and the client secret"},
			{nil, "models listed again"},
		} {
			a.err = step.err
			log.Reset()
			for range 20 {
				time.Sleep(30 * time.Second)
				list(t, c, alice)
			}
			got := log.String()
			if step.want == "" && got != "" || step.want != "" && (strings.Count(got, "\n") != 1 || !strings.Contains(got, step.want)) {
				t.Errorf("%v: want one record with %q, got\n%s", step.err, step.want, got)
			}
		}
	})
}
