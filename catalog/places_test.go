package catalog_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
)

// atlas says where spaces are, one to a page.
type atlas struct {
	mu      sync.Mutex
	places  []matterport.Place
	folders []matterport.Folder
	refuses bool // folders
	fails   bool
	hangs   bool
	looks   int
}

func (a *atlas) Places(ctx context.Context, q matterport.PlaceQuery) (*matterport.PlacePage, error) {
	at, hangs, fails, refuses := 0, false, false, false
	a.set(func(a *atlas) {
		hangs, fails, refuses = a.hangs, a.fails, a.refuses
		if q.Offset == "" {
			a.looks++
		}
	})
	if q.Offset != "" {
		if _, err := fmt.Sscan(q.Offset, &at); err != nil {
			return nil, err
		}
	}
	switch {
	case hangs:
		<-ctx.Done()
		return nil, ctx.Err()
	case fails:
		return nil, matterport.ErrUnavailable
	case refuses && q.Folders:
		return nil, matterport.ErrUnauthorized
	}
	page := &matterport.PlacePage{Places: []matterport.Place{a.places[at]}, Total: len(a.places)}
	if at+1 < len(a.places) {
		page.NextOffset = fmt.Sprint(at + 1)
	}
	return page, nil
}

func (a *atlas) Folders(context.Context, string) ([]matterport.Folder, error) { return a.folders, nil }

func (a *atlas) set(change func(*atlas)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

func (a *atlas) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.looks
}

func newAtlas() *atlas {
	return &atlas{
		places: []matterport.Place{
			{ID: office, InternalID: "A-17", Address: matterport.PlaceAddress{Locality: "Bern", CountryName: "Switzerland"}, Folders: []string{"plant", "hall9", "hall10"}},
			{ID: warehouse, Address: matterport.PlaceAddress{AdministrativeArea: "KS", CountryCode: "US"}, Folders: []string{"top", "unknown"}},
		},
		folders: []matterport.Folder{
			{ID: "top"},
			{ID: "plant", Parent: "top", Path: []string{"Plant 3"}},
			{ID: "hall10", Parent: "plant", Path: []string{"Plant 3", "Hall 10"}},
			{ID: "hall9", Parent: "plant", Path: []string{"Plant 3", "Hall 9"}},
		},
	}
}

// listed lists what alice may open as "ID folder place number" in lines.
func listed(t *testing.T, c *catalog.Catalog) string {
	t.Helper()
	out, err := c.For(t.Context(), alice)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range out.Spaces {
		fmt.Fprintf(&b, "%s|%s|%s|%s\n", s.Name, s.Folder, s.Place, s.Number)
	}
	return b.String()
}

func TestSpacesHaveTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		where := newAtlas()
		rules := access.List{{Users: []string{"alice"}, Models: []string{"*", warehouse}, Names: map[string]string{warehouse: "Stores"}}}
		log := new(logtest.Buffer)
		c := newCatalog(t, newAccount(), rules, func(cfg *catalog.Config) {
			cfg.Places, cfg.Logger = where, slog.New(slog.NewTextHandler(log, nil))
		})
		const want = "Head office|Plant 3 / Hall 9|Bern, Switzerland|A-17\nJGPnGQ6hosj|||\nStores||KS, US|\n"
		if diff := cmp.Diff(want, listed(t, c)); diff != "" {
			t.Errorf("first listing (-want +got):\n%s", diff)
		}

		time.Sleep(14 * time.Minute) // the models are listed anew, the places are not
		if diff := cmp.Diff(want, listed(t, c)); diff != "" || where.asked() != 1 {
			t.Errorf("after 14 minutes, %d looks (-want +got):\n%s", where.asked(), diff)
		}

		where.set(func(a *atlas) { a.refuses = true })
		time.Sleep(time.Minute)
		listed(t, c)
		synctest.Wait()
		if got := listed(t, c); !strings.Contains(got, "Head office||Bern, Switzerland|A-17\n") {
			t.Errorf("without a right to the folders:\n%s", got)
		}
		if got := strings.Count(log.String(), "lacks=folders error="); got != 1 {
			t.Errorf("%d records of it:\n%s", got, log)
		}

		where.set(func(a *atlas) { a.fails = true })
		time.Sleep(15 * time.Minute)
		listed(t, c)
		synctest.Wait()
		if got := listed(t, c); !strings.Contains(got, "Bern, Switzerland") {
			t.Errorf("while Matterport does not answer:\n%s", got)
		}
	})
}

func TestPlacesThatDoNotComeHoldUpNoListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(logtest.Buffer)
		where := newAtlas()
		where.hangs = true
		c := newCatalog(t, newAccount(), access.List{{Users: []string{"alice"}, Models: []string{"*"}}}, func(cfg *catalog.Config) {
			cfg.Places, cfg.Logger = where, slog.New(slog.NewTextHandler(log, nil))
		})
		start := time.Now()
		if got := listed(t, c); strings.Count(got, "\n") != 3 || time.Since(start) > time.Second {
			t.Errorf("after %v:\n%s", time.Since(start), got)
		}
		start = time.Now() // while the first answer is still waited for
		listed(t, c)
		if since := time.Since(start); since > 0 {
			t.Errorf("a listing after the first one took %v", since)
		}
		time.Sleep(5 * time.Minute)
		start = time.Now()
		listed(t, c)
		if since := time.Since(start); since > 0 {
			t.Errorf("the second listing took %v", since)
		}
		time.Sleep(15 * time.Minute) // it is asked again
		start = time.Now()
		listed(t, c)
		if since := time.Since(start); since > 0 || where.asked() < 2 {
			t.Errorf("a listing took %v, after %d looks", since, where.asked())
		}
		if got := strings.Count(log.String(), "level=INFO msg=\"the gallery does not know where spaces are"); got != 1 {
			t.Errorf("%d records:\n%s", got, log)
		}
	})
}
