package catalog

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/matterport"
)

// Matterport is what the catalog needs of Matterport's API. [*matterport.Client] provides it.
type Matterport interface {
	Models(ctx context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error)
}

const (
	pageSize     = 1000             // the most that the API gives at once
	fetchTimeout = 20 * time.Second // for all pages
	patience     = 3 * time.Second  // how long a page waits for its names and thumbnails
)

// account remembers the models of the whole account, as all users' galleries are made of them.
type account struct {
	cfg     Config
	now     func() time.Time
	flights *flight.Group
	last    atomic.Pointer[snapshot]
}

// snapshot is never changed once it is in place.
type snapshot struct {
	byID    map[string]Space
	partial bool
	taken   time.Time
}

func newAccount(cfg Config) *account {
	a := &account{cfg: cfg, now: time.Now, flights: flight.New(cfg.Logger)}
	a.last.Store(&snapshot{partial: true})
	return a
}

func (a *account) remembered() *snapshot { return a.last.Load() }

// models returns a fresh snapshot, or the last one where Matterport is slow or fails.
func (a *account) models(ctx context.Context) *snapshot {
	if last := a.remembered(); a.fresh(last) {
		return last
	}
	fetched := a.flights.Do("models", fetchTimeout, a.fetch)
	_, _ = flight.Wait(ctx, fetched, patience) // fetch logs its errors
	return a.remembered()
}

func (a *account) fresh(s *snapshot) bool {
	age := a.now().Sub(s.taken)
	return age >= 0 && age < a.cfg.Keep
}

// fetch takes a new snapshot. One that fails is not tried again before a while is over: a gallery
// without thumbnails is better than one that makes people wait.
func (a *account) fetch(ctx context.Context) error {
	if a.fresh(a.remembered()) {
		return nil // a flight has landed between the look at it and this one
	}
	next := &snapshot{byID: make(map[string]Space), taken: a.now()}
	offset := ""
	for {
		page, err := a.cfg.Matterport.Models(ctx, matterport.ModelQuery{PageSize: pageSize, Offset: offset})
		if err != nil {
			a.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "models not listed", slog.Any("error", err))
			last := a.remembered()
			a.last.Store(&snapshot{byID: last.byID, partial: true, taken: next.taken.Add(retryAfter - a.cfg.Keep)})
			return err
		}
		for _, m := range page.Models {
			next.byID[m.ID] = Space{ID: m.ID, Name: cmp.Or(m.Name, m.ID), Thumbnail: m.ThumbnailURL}
		}
		next.partial = page.NextOffset != "" && len(next.byID) >= a.cfg.MaxModels
		if page.NextOffset == "" || page.NextOffset == offset || next.partial {
			break
		}
		offset = page.NextOffset
	}
	a.last.Store(next)
	return nil
}

// retryAfter is how long a failed listing stands.
const retryAfter = 10 * time.Second
