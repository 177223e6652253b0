package catalog_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/natural"
	"github.com/go-pme/pme/matterport"
)

// world is an account and what a policy makes of it.
type world struct {
	account []matterport.Model
	grants  access.Grants
	allowed map[string]bool
}

func modelNumber(n int) string { return fmt.Sprintf("Model%06d", n) }

var words = []string{"", "Hall", "hall", "HALL", "Öffnung", "öffnung", "Lager", "model00000", "0"}

func randomWorld(r *rand.Rand) world {
	w := world{allowed: make(map[string]bool)}
	name := func() string { return strings.TrimSpace(words[r.IntN(len(words))] + " " + words[r.IntN(len(words))]) }
	for n := range 12 {
		id := modelNumber(n)
		if r.IntN(3) > 0 {
			w.account = append(w.account, matterport.Model{ID: id, Name: name(), ThumbnailURL: "https://img/" + id})
		}
		if r.IntN(3) == 0 {
			w.grants.Models = append(w.grants.Models, access.Model{ID: id, Name: []string{"", name()}[r.IntN(2)]})
		}
		w.allowed[id] = r.IntN(2) == 0
	}
	r.Shuffle(len(w.account), func(i, j int) { w.account[i], w.account[j] = w.account[j], w.account[i] })
	r.Shuffle(len(w.grants.Models), func(i, j int) {
		w.grants.Models[i], w.grants.Models[j] = w.grants.Models[j], w.grants.Models[i]
	})
	w.grants.Open = r.IntN(3) > 0
	return w
}

// want is the listing as the documentation says it, with no thought of what it costs.
func (w world) want(query string) (out []catalog.Space) {
	known := make(map[string]catalog.Space)
	for _, m := range w.account {
		known[m.ID] = catalog.Space{ID: m.ID, Name: cmp.Or(m.Name, m.ID), Thumbnail: m.ThumbnailURL}
	}
	spaces := make(map[string]catalog.Space)
	for _, m := range w.grants.Models {
		spaces[m.ID] = catalog.Space{ID: m.ID, Name: cmp.Or(m.Name, known[m.ID].Name, m.ID), Thumbnail: known[m.ID].Thumbnail}
	}
	for id, s := range known {
		if _, granted := spaces[id]; !granted && w.grants.Open && w.allowed[id] {
			spaces[id] = s
		}
	}
	for _, s := range spaces {
		text := strings.ToLower(s.Name + " " + s.ID)
		if !slices.ContainsFunc(strings.Fields(query), func(word string) bool { return !strings.Contains(text, strings.ToLower(word)) }) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b catalog.Space) int {
		return cmp.Or(natural.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return out
}

func (w world) policy(inBulk bool) access.Source {
	each := &rules{
		grants:  func() (access.Grants, error) { return w.grants, nil },
		allowed: func(_ context.Context, _ *identity.User, model string) (bool, error) { return w.allowed[model], nil },
	}
	if !inBulk {
		return each
	}
	return &bulk{rules: each, among: func(models []string) ([]string, error) {
		return slices.DeleteFunc(models, func(id string) bool { return !w.allowed[id] }), nil
	}}
}

func TestListingsAreThoseOfTheReference(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	spaces := 0
	for n := range 1000 {
		w := randomWorld(r)
		c := newCatalog(t, &account{models: w.account}, w.policy(n%2 == 0), nil)
		for range 3 {
			query := strings.TrimSpace(words[r.IntN(len(words))] + " " + words[r.IntN(len(words))])
			got, err := c.Search(t.Context(), alice, query)
			if diff := gocmp.Diff(w.want(query), got.Spaces, cmpopts.EquateEmpty()); diff != "" || got.Partial || got.More || err != nil {
				t.Fatalf("%q in %+v (-want +got), %v, %v, %v:\n%s", query, w, got.Partial, got.More, err, diff)
			}
			spaces += len(got.Spaces)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if spaces < 3000 {
		t.Errorf("%d spaces listed: too few to say anything", spaces)
	}
}

func TestGrantsNamedTwiceAreListedOnce(t *testing.T) {
	source := &rules{grants: func() (access.Grants, error) {
		return access.Grants{Models: []access.Model{
			{ID: office}, {ID: "AAAAAAAAAAA"}, {ID: office, Name: "HQ"}, {ID: "AAAAAAAAAAA", Name: "A"}, {ID: "no model ID"}, {},
		}}, nil
	}}
	l := list(t, newCatalog(t, newAccount(), source, nil), alice)
	if diff := gocmp.Diff([]string{"AAAAAAAAAAA", office}, ids(l)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamesAreCleanAndBounded(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	a := &account{models: []matterport.Model{
		{ID: office, Name: "\u202eHead\n" + long, ThumbnailURL: "https://img/" + strings.Repeat("x", 5000)},
		{ID: warehouse, Name: "\u2066 \u2069\x00"},
		{ID: "no model ID", Name: "Hall"},
		{ID: strings.Repeat("x", 100_000), Name: "Hall"},
	}}
	named := access.Grants{Open: true, Models: []access.Model{{ID: showroom, Name: "Show\u202eroom " + long}}} // a List would refuse it
	source := &rules{
		grants:  func() (access.Grants, error) { return named, nil },
		allowed: func(context.Context, *identity.User, string) (bool, error) { return true, nil },
	}
	c := newCatalog(t, a, source, nil)
	cut := func(beginning string) string {
		return beginning + strings.Repeat("ä", 199-len(beginning)) + "…"
	}
	want := []catalog.Space{
		{ID: office, Name: cut("Head ")}, {ID: showroom, Name: cut("Showroom ")}, {ID: warehouse, Name: warehouse},
	}
	if diff := gocmp.Diff(want, list(t, c, alice).Spaces); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, s := range want {
		if got := c.Space(t.Context(), alice, s.ID).Name; got != s.Name {
			t.Errorf("Name(%s) = %q, want %q", s.ID, got, s.Name)
		}
	}
}
