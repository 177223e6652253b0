package catalog

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/natural"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/matterport"
)

// Places is the part of Matterport's API that says where spaces are. [*matterport.Client] implements it.
type Places interface {
	Places(ctx context.Context, q matterport.PlaceQuery) (*matterport.PlacePage, error)
	Folders(ctx context.Context, organization string) ([]matterport.Folder, error)
}

const (
	keepPlaces    = 15 * time.Minute
	placesTimeout = time.Minute
	firstPlaces   = time.Second // how long the first listing waits for them
)

// whereabouts say where a space is.
type whereabouts struct{ folder, place, number string }

// located are the whereabouts of the account's spaces, by ID. It is never changed once it is in place.
type located struct {
	spaces map[string]whereabouts
	asked  time.Time
	lacks  string // what is not known
}

// refreshPlaces asks again where the spaces are if the last answer is old, and returns what is known of the account then. Only
// the listing that asks for the first time waits for the answer, and not long.
func (a *account) refreshPlaces(ctx context.Context) *snapshot {
	last := a.located.Load()
	if a.cfg.Places != nil && (last == nil || a.now().Sub(last.asked) >= keepPlaces) {
		finished := a.flights.Do("places", placesTimeout, a.locate)
		if a.waited.CompareAndSwap(false, true) {
			_, _ = flight.Wait(ctx, finished, firstPlaces) // locate logs its errors
		}
	}
	return a.remembered()
}

// What a listing can lack.
const (
	lacksFolders = "folders"
	lacksAll     = "folders, towns and numbers"
)

// locate asks where the spaces are. If that fails, what was known stays.
func (a *account) locate(ctx context.Context) error {
	last, next := a.located.Load(), &located{asked: a.now()}
	if last == nil {
		last = &located{}
	}
	spaces, lacks, err := a.readPlaces(ctx)
	next.spaces, next.lacks = spaces, lacks
	if lacks == lacksAll {
		next.spaces = last.spaces
	}
	if lacks != "" && lacks != last.lacks {
		a.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "the gallery does not know where spaces are", slog.String("lacks", lacks), slog.Any("error", err))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.located.Store(next)
	a.last.Store(a.last.Load().locatedBy(next))
	return err
}

// readPlaces does without the folders if the credentials may not read them. The error says why something is lacking.
func (a *account) readPlaces(ctx context.Context) (_ map[string]whereabouts, lacks string, err error) {
	lacks = lacksAll // also after a panic
	defer rescue.Into(a.cfg.Logger, "a listing of the account's places", &err)
	places, folders, refused := a.readFolders(ctx)
	if places == nil {
		if places, err = a.listPlaces(ctx, false); err != nil {
			return nil, lacksAll, err
		}
	}
	if lacks = ""; refused != nil {
		lacks = lacksFolders
	}
	return inFolders(places, pathsOf(folders)), lacks, refused
}

// readFolders takes half of the time at most. The places can have come even if there is an error.
func (a *account) readFolders(ctx context.Context) (places []matterport.Place, folders []matterport.Folder, err error) {
	ctx, cancel := context.WithTimeout(ctx, placesTimeout/2)
	defer cancel()
	if places, err = a.listPlaces(ctx, true); err != nil {
		return nil, nil, err
	}
	folders, err = a.cfg.Places.Folders(ctx, a.cfg.Organization)
	return places, folders, err //nolint:wrapcheck // the client's own error
}

func inFolders(places []matterport.Place, paths map[string][]string) map[string]whereabouts {
	out := make(map[string]whereabouts, len(places))
	for _, p := range places {
		out[p.ID] = whereabouts{folder: deepest(p.Folders, paths), place: inWords(p.Address), number: displayname.Clean(p.InternalID)}
	}
	return out
}

func (a *account) listPlaces(ctx context.Context, folders bool) ([]matterport.Place, error) {
	var all []matterport.Place
	q := matterport.PlaceQuery{PageSize: pageSize, Folders: folders}
	for len(all) < a.cfg.MaxModels {
		page, err := a.cfg.Places.Places(ctx, q)
		if err != nil {
			return nil, err //nolint:wrapcheck // the client's own error
		}
		all = append(all, page.Places...)
		if page.NextOffset == "" || page.NextOffset == q.Offset || len(page.Places) == 0 {
			break
		}
		q.Offset = page.NextOffset
	}
	return all, nil
}

// pathsOf returns the paths of folders by their IDs.
func pathsOf(folders []matterport.Folder) map[string][]string {
	paths := make(map[string][]string, len(folders))
	for _, f := range folders {
		paths[f.ID] = f.Path
	}
	return paths
}

// deepest returns the path of the folder that is furthest from the top; of several, the first by name.
func deepest(ids []string, paths map[string][]string) string {
	var found []string
	for _, id := range ids {
		path := paths[id]
		if order := cmp.Compare(len(path), len(found)); order > 0 || order == 0 && slices.CompareFunc(path, found, natural.Compare) < 0 {
			found = path
		}
	}
	return displayname.Clean(strings.Join(found, " / "))
}

// inWords returns the town and the country.
func inWords(at matterport.PlaceAddress) string {
	parts := []string{cmp.Or(at.Locality, at.AdministrativeArea), cmp.Or(at.CountryName, at.CountryCode)}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return displayname.Clean(strings.Join(parts, ", "))
}
