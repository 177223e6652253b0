package catalog

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/matterport"
)

// Matterport is the part of Matterport's API that the catalog calls. [*matterport.Client] implements it.
type Matterport interface {
	Models(ctx context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error)
}

const (
	pageSize     = 1000             // the most that the API gives at once
	fetchTimeout = 20 * time.Second // for all pages
	patience     = 3 * time.Second  // how long a page waits for its names and thumbnails
	retryAfter   = 10 * time.Second // how long a failed listing stands
	maxThumbnail = 4096             // bytes of an address; longer ones are not shown
)

// account remembers the models of the whole account, as all users' galleries are made of them.
type account struct {
	cfg     Config
	now     func() time.Time
	flights *flight.Group
	last    atomic.Pointer[snapshot]
	changes atomic.Uint64           // that are known: see Refresh
	located atomic.Pointer[located] // nil before the first answer, and without Config.Places
	waited  atomic.Bool             // a listing has waited for located
	asked   atomic.Int64            // when Name last had the models listed, in nanoseconds since 1970
	mu      sync.Mutex              // makes last agree with located
}

func newAccount(cfg Config, flights *flight.Group) *account {
	a := &account{cfg: cfg, now: time.Now, flights: flights}
	a.last.Store(&snapshot{partial: true, outage: notAsked})
	return a
}

func (a *account) remembered() *snapshot { return a.last.Load() }

// models returns a fresh snapshot, or the last one where Matterport is slow or fails.
func (a *account) models(ctx context.Context) *snapshot {
	if !a.fresh(a.remembered()) {
		fetched := a.flights.Do("models", fetchTimeout, a.fetch)
		_, _ = flight.Wait(ctx, fetched, patience) // fetch logs its errors
	}
	return a.remembered()
}

func (a *account) fresh(s *snapshot) bool { return a.young(s) && s.changes == a.changes.Load() }

// young reports whether the addresses of thumbnails in s still work.
func (a *account) young(s *snapshot) bool {
	age := a.now().Sub(s.taken)
	return age >= 0 && age < a.cfg.Keep
}

// fetch takes a new snapshot. After a failure it does not try again for a while: a gallery without thumbnails is
// better than a slow one.
func (a *account) fetch(ctx context.Context) error {
	last, begun, changes := a.remembered(), a.now(), a.changes.Load()
	if a.fresh(last) {
		return nil // another fetch has finished since the caller checked
	}
	next, err := a.read(ctx, begun)
	if err != nil {
		next = last.stale(outageOf(err), begun.Add(retryAfter-a.cfg.Keep))
	}
	next.changes = changes
	a.tell(ctx, last.outage, next.outage, err)
	a.keep(next)
	return err
}

func (a *account) keep(next *snapshot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last.Store(next.locatedBy(a.located.Load()))
}

// read goes through the pages of the account, until it has all models or as many as it may have.
func (a *account) read(ctx context.Context, begun time.Time) (_ *snapshot, err error) {
	defer rescue.Into(a.cfg.Logger, "a listing of the account's models", &err)
	d := draft{most: a.cfg.MaxModels, seen: make(map[string]bool)}
	for offset := ""; ; {
		page, err := a.cfg.Matterport.Models(ctx, matterport.ModelQuery{PageSize: pageSize, Offset: offset})
		if err != nil {
			return nil, err
		}
		added := d.addPage(page)
		last := page.NextOffset == "" || page.NextOffset == offset
		if d.full = d.full || !last && (len(d.spaces) >= d.most || added == 0); last || d.full {
			return newSnapshot(d.spaces, d.full, begun), nil
		}
		offset = page.NextOffset
	}
}

// draft is a snapshot that is being taken.
type draft struct {
	spaces []space
	seen   map[string]bool
	most   int
	full   bool // there are more models than it may have
}

// addPage takes in the models of a page, and returns how many of them are new. It leaves out those whose ID no
// policy allows.
func (d *draft) addPage(page *matterport.ModelPage) (added int) {
	for _, m := range page.Models {
		if d.seen[m.ID] || !modelid.Valid(m.ID) {
			continue
		}
		if d.full = len(d.spaces) >= d.most; d.full {
			break
		}
		d.seen[m.ID] = true
		d.spaces = append(d.spaces, newSpace(spaceOf(m)))
		added++
	}
	return added
}

// spaceOf makes a model of Matterport's fit to be shown.
func spaceOf(m matterport.Model) Space {
	s := Space{ID: m.ID, Name: cmp.Or(displayname.Clean(m.Name), m.ID)}
	if len(m.ThumbnailURL) <= maxThumbnail {
		s.Thumbnail = m.ThumbnailURL
	}
	return s
}
