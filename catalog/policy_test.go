package catalog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
)

// rules is a policy made of functions; those that are nil are open and deny. It counts what it is asked.
type rules struct {
	grants  func() (access.Grants, error)
	allowed func(ctx context.Context, u *identity.User, model string) (bool, error)
	asked   atomic.Int64
}

func (r *rules) Grants(context.Context, *identity.User) (access.Grants, error) {
	if r.grants == nil {
		return access.Grants{Open: true}, nil
	}
	return r.grants()
}

func (r *rules) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	r.asked.Add(1)
	if r.allowed == nil {
		return false, nil
	}
	return r.allowed(ctx, u, model)
}

func (r *rules) Policy() (access.Policy, error) { return r, nil }

// bulk is a policy that answers for all models at once.
type bulk struct {
	*rules
	among func(models []string) ([]string, error)
	calls int
}

func (b *bulk) AllowedAmong(_ context.Context, _ *identity.User, models []string) ([]string, error) {
	b.calls++
	return b.among(models)
}

func (b *bulk) Policy() (access.Policy, error) { return b, nil }

func allowAll(context.Context, *identity.User, string) (bool, error) { return true, nil }

// ids are those of the spaces listed, in their order.
func ids(l catalog.Listing) (out []string) {
	for _, s := range l.Spaces {
		out = append(out, s.ID)
	}
	return out
}

func TestBulkPolicyIsAskedOnceForModelsNotGranted(t *testing.T) {
	var models []string
	b := &bulk{
		rules: &rules{grants: func() (access.Grants, error) {
			return access.Grants{Models: []access.Model{{ID: office}}, Open: true}, nil
		}},
		among: func(asked []string) ([]string, error) { models = asked; return []string{warehouse}, nil },
	}
	l := list(t, newCatalog(t, newAccount(), b, nil), alice)
	if diff := cmp.Diff([]string{office, warehouse}, ids(l)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{showroom, warehouse}, models); diff != "" || b.calls != 1 || b.asked.Load() != 0 {
		t.Errorf("asked %d times, and about %d models each (-want +got):\n%s", b.calls, b.asked.Load(), diff)
	}
}

func TestBulkAnswerAddsNothingThatWasNotAskedFor(t *testing.T) {
	b := &bulk{rules: new(rules), among: func(asked []string) ([]string, error) {
		asked[0] = "CCCCCCCCCCC" // the policy may change what it was given
		return []string{warehouse, "AAAAAAAAAAA", warehouse, "", "*", office, "<script>", warehouse}, nil
	}}
	c := newCatalog(t, newAccount(), b, nil)
	if diff := cmp.Diff([]string{office, warehouse}, ids(list(t, c, alice))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l, err := c.Search(t.Context(), alice, "warehouse") // it was not asked about the office
	if diff := cmp.Diff([]string{warehouse}, ids(l)); diff != "" || err != nil {
		t.Errorf("search (-want +got), %v:\n%s", err, diff)
	}
}

func TestPolicyThatFailsListsNothing(t *testing.T) {
	down := errors.New("down")
	some := access.Grants{Models: []access.Model{{ID: office}}, Open: true}
	granted := func() (access.Grants, error) { return some, nil }
	for name, source := range map[string]access.Source{
		"Grants fails":       &rules{grants: func() (access.Grants, error) { return some, down }},
		"Grants panics":      &rules{grants: func() (access.Grants, error) { panic("secret") }},
		"Allowed fails":      &rules{grants: granted, allowed: func(_ context.Context, _ *identity.User, model string) (bool, error) { return true, down }},
		"Allowed panics":     &rules{grants: granted, allowed: func(context.Context, *identity.User, string) (bool, error) { panic("secret") }},
		"AllowedAmong fails": &bulk{rules: &rules{grants: granted}, among: func(models []string) ([]string, error) { return models, down }},
		"AllowedAmong panics": &bulk{rules: &rules{grants: granted}, among: func([]string) ([]string, error) {
			panic("secret")
		}},
	} {
		log := new(logtest.Buffer)
		c := newCatalog(t, newAccount(), source, func(cfg *catalog.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		for range 2 {
			l, err := c.For(t.Context(), alice)
			if err == nil || len(l.Spaces) != 0 || strings.Contains(err.Error(), `"secret"`) {
				t.Errorf("%s: %+v, %v; want an error and nothing", name, l, err)
			}
		}
		if !strings.Contains(log.String(), "user=alice") || strings.Contains(log.String(), "user=bob") {
			t.Errorf("%s: the operator is told %q", name, log)
		}
	}
}

// A name is no reason to refuse.
func TestNameGoesWithoutAPolicyThatFails(t *testing.T) {
	for name, grants := range map[string]func() (access.Grants, error){
		"fails": func() (access.Grants, error) {
			return access.Grants{Models: []access.Model{{ID: office, Name: "HQ"}}}, errors.New("down")
		},
		"panics": func() (access.Grants, error) { panic("no") },
	} {
		c := newCatalog(t, newAccount(), &rules{grants: grants}, nil)
		if got := c.Space(t.Context(), alice, office).Name; got != "Head office" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// namer is a policy that looks up one name, and whose Grants must not be asked for it.
type namer struct{ *rules }

func (namer) ModelName(_ context.Context, _ *identity.User, model string) (string, error) {
	if model == office {
		return "HQ", nil
	}
	return "", nil
}

func (n namer) Policy() (access.Policy, error) { return n, nil }

func TestNameIsLookedUpAlone(t *testing.T) {
	n := namer{&rules{grants: func() (access.Grants, error) { panic("all grants, for one name") }}}
	c := newCatalog(t, newAccount(), n, nil)
	for model, want := range map[string]string{office: "HQ", warehouse: "Warehouse", "AAAAAAAAAAA": "AAAAAAAAAAA"} {
		if got := c.Space(t.Context(), alice, model).Name; got != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
	}
}

// broken panics instead of asking Matterport.
type broken struct{ calls atomic.Int64 }

func (b *broken) Models(context.Context, matterport.ModelQuery) (*matterport.ModelPage, error) {
	b.calls.Add(1)
	panic("no")
}

func TestListingGoesWithoutAMatterportThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := new(broken), new(logtest.Buffer)
		source := access.List{{Users: []string{"alice"}, Models: []string{office, "*"}}}
		c := newCatalog(t, b, source, func(cfg *catalog.Config) { cfg.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		for range 5 {
			if l := list(t, c, alice); len(l.Spaces) != 1 || !l.Partial || l.More {
				t.Errorf("%+v, want what the policy names, marked partial", l)
			}
		}
		if n := b.calls.Load(); n != 1 || !strings.Contains(log.String(), "models not listed") {
			t.Errorf("%d calls, want the failed one not repeated at once; log %q", n, log)
		}
	})
}
