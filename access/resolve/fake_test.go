package resolve_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	showroom  = "JGPnGQ6hosj"
)

var alice = &identity.User{ID: "alice"}

// fakeAccount is Matterport as far as a Resolver sees it.
type fakeAccount struct {
	mu      sync.Mutex
	places  []matterport.Place
	folders []matterport.Folder

	pages, trees int // calls
	err          error
	foldersErr   error
	pageErr      error // of pages with folders
	short        int   // how many places the pages lack
}

func (a *fakeAccount) Places(_ context.Context, q matterport.PlaceQuery) (*matterport.PlacePage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pages++
	switch {
	case a.err != nil:
		return nil, a.err
	case q.Folders && a.pageErr != nil:
		return nil, a.pageErr
	}
	start := 0
	if q.Offset != "" {
		_, _ = fmt.Sscan(q.Offset, &start)
	}
	all := a.places[:len(a.places)-a.short]
	end := min(start+q.PageSize, len(all))
	page := &matterport.PlacePage{Places: slices.Clone(all[start:end]), Total: len(a.places)}
	if end < len(all) {
		page.NextOffset = fmt.Sprint(end)
	}
	return page, nil
}

func (a *fakeAccount) Folders(context.Context, string) ([]matterport.Folder, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trees++
	if a.err != nil {
		return nil, a.err
	}
	return a.folders, a.foldersErr
}

func (a *fakeAccount) set(change func(*fakeAccount)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

func (a *fakeAccount) calls() (pages, trees int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pages, a.trees
}

// plant is an account with a folder, a number and an address.
func plant() *fakeAccount {
	return &fakeAccount{
		places: []matterport.Place{
			{ID: office, InternalID: "A-17", Folders: []string{"hall", "plant", "top"}, Address: matterport.PlaceAddress{Locality: "Bern", CountryCode: "CH"}},
			{ID: warehouse, InternalID: "A-170", Folders: []string{"plant", "top"}},
			{ID: showroom, Folders: []string{"top"}},
		},
		folders: []matterport.Folder{
			{ID: "top"}, {ID: "plant", Parent: "top", Path: []string{"Plant 3"}}, {ID: "hall", Parent: "plant", Path: []string{"Plant 3", "Hall 2"}},
		},
	}
}

// house is a resolver with all that belongs to it.
type house struct {
	*resolve.Resolver
	*fakeAccount
	policy access.Policy
	log    *logtest.Buffer
}

// newHouse returns a resolver that has looked once. It runs in a bubble.
func newHouse(t *testing.T, a *fakeAccount, source access.Source, change func(*resolve.Config)) *house {
	t.Helper()
	policy, err := source.Policy()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{fakeAccount: a, policy: policy, log: new(logtest.Buffer)}
	cfg := resolve.Config{Policy: policy, Matterport: a, Logger: slog.New(slog.NewTextHandler(h.log, nil))}
	if change != nil {
		change(&cfg)
	}
	if h.Resolver, err = resolve.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	synctest.Wait()
	return h
}

// wantAllowed compares what alice may see.
func (h *house) wantAllowed(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, id := range []string{office, warehouse, showroom} {
		if ok, err := h.policy.Allowed(t.Context(), alice, id); ok && err == nil {
			got = append(got, id)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("alice may see %q, want %q", got, want)
	}
}

// wantLogged counts the records with a text.
func (h *house) wantLogged(t *testing.T, text string, want int) {
	t.Helper()
	if got := strings.Count(h.log.String(), text); got != want {
		t.Errorf("%d records with %q, want %d:\n%s", got, text, want, h.log)
	}
}

// forAlice is a list of one rule.
func forAlice(models ...string) access.List {
	return access.List{{Users: []string{"alice"}, Models: models}}
}
