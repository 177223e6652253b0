package resolve_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/matterport"
)

// down is a Matterport that does not answer.
type down struct{}

func (down) Places(ctx context.Context, _ matterport.PlaceQuery) (*matterport.PlacePage, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (down) Folders(context.Context, string) ([]matterport.Folder, error) {
	return nil, matterport.ErrUnavailable
}

// Whatever a file has in it, New goes on, and nothing but IDs comes out of it.
func FuzzKeptFile(f *testing.F) {
	f.Add([]byte(`{"selectors":{"internalId:A-17":{"at":"2026-11-26T00:00:00Z","models":["` + office + `"],"doubtful":["` + warehouse + `"]}}}`))
	f.Add([]byte(`{"selectors":{"internalId:A-17":{"at":"2026-11-26T00:00:00Z","models":["*"]}}}`))
	f.Add([]byte(`{"selectors":null}{}`))
	f.Add([]byte("\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "selectors.json")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		policy, err := forAlice("internalId:A-17").Policy()
		if err != nil {
			t.Fatal(err)
		}
		seen := &recorded{Policy: policy}
		r, err := resolve.New(resolve.Config{
			Options: resolve.Options{Path: path, MaxAge: 30 * 24 * 3600e9}, Policy: seen, Matterport: down{}, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		for _, result := range seen.first {
			for _, id := range slices.Concat(result.Models, result.Doubtful) {
				if len(id) != 11 {
					t.Errorf("%q is no ID", id)
				}
			}
		}
	})
}

// recorded keeps the first resolution that it is given.
type recorded struct {
	access.Policy
	first selector.Resolution
}

func (r *recorded) Selectors() []selector.Selector {
	return []selector.Selector{{InternalID: "A-17"}}
}

func (r *recorded) Resolve(resolution selector.Resolution) {
	if r.first == nil {
		r.first = resolution
	}
}
