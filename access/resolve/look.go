package resolve

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/matterport"
)

const (
	pageSize = 1000
	mostWait = time.Minute            // that Matterport may ask for between two pages
	pause    = 200 * time.Millisecond // between two pages
	lookTime = 5 * time.Minute
)

// A finding is the outcome of a look.
type finding struct {
	at      time.Time
	account *account
	folders error // why there are no folders, if rules name some
}

var errIncomplete = errors.New("the pages of spaces do not add up: the account has changed meanwhile, or the search engine is behind")

// look lists the account. Without rules that name folders, it does not ask for them.
func (r *Resolver) look(ctx context.Context, selectors []selector.Selector) (*finding, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	f := &finding{}
	asked := namesFolders(selectors)
	places, err := r.places(ctx, asked)
	if asked && isRefused(err) {
		f.folders = err
		places, err = r.places(ctx, false)
	}
	if err != nil {
		return nil, err
	}
	var folders []matterport.Folder
	if asked && f.folders == nil {
		// After the spaces: a folder that is new meanwhile has none of them.
		if folders, err = r.cfg.Matterport.Folders(ctx, r.cfg.Organization); isRefused(err) {
			f.folders = err
		} else if err != nil {
			return nil, err
		}
	}
	f.at, f.account = r.now(), newAccount(places, folders)
	return f, nil
}

func namesFolders(selectors []selector.Selector) bool {
	for _, s := range selectors {
		if s.Folder != "" {
			return true
		}
	}
	return false
}

// isRefused reports whether Matterport does not want to answer at all: it lacks a field, or the credentials a right. A look goes
// on without folders then.
func isRefused(err error) bool {
	return errors.Is(err, matterport.ErrInvalid) || errors.Is(err, matterport.ErrNotFound) ||
		errors.Is(err, matterport.ErrUnauthorized) && !errors.Is(err, matterport.ErrTokenRefused)
}

// places reads all pages, one after the other.
func (r *Resolver) places(ctx context.Context, folders bool) ([]matterport.Place, error) {
	var all []matterport.Place
	seen := make(map[string]bool)
	q := matterport.PlaceQuery{PageSize: pageSize, Folders: folders}
	for {
		page, err := r.page(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Places {
			if seen[p.ID] {
				return nil, errIncomplete
			}
			seen[p.ID] = true
		}
		all = append(all, page.Places...)
		switch {
		case page.NextOffset == "" && len(all) == page.Total:
			return all, nil
		case page.NextOffset == "" || len(page.Places) == 0 || len(all) > page.Total:
			return nil, errIncomplete
		}
		q.Offset = page.NextOffset
		if !wait(ctx, pause) {
			return nil, fmt.Errorf("the account is not listed in time: %w", ctx.Err())
		}
	}
}

// page reads one page. If Matterport asks for a pause, it is tried once more after that.
func (r *Resolver) page(ctx context.Context, q matterport.PlaceQuery) (*matterport.PlacePage, error) {
	page, err := r.cfg.Matterport.Places(ctx, q)
	var api *matterport.Error
	if errors.As(err, &api) && api.RetryAfter > 0 && api.RetryAfter <= mostWait && wait(ctx, api.RetryAfter) {
		page, err = r.cfg.Matterport.Places(ctx, q)
	}
	return page, err //nolint:wrapcheck // the client's own error
}

// wait waits, and reports whether ctx has lasted.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
