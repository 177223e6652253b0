package catalog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
)

// ahead is an account at a Matterport whose clock differs from the one here.
type ahead struct {
	*account
	by time.Duration
}

func (a ahead) ServerTime() (time.Time, bool) { return time.Now().Add(a.by), true }

func TestListingJudgesDatesByMatterportsClock(t *testing.T) {
	soon := time.Now().Add(30 * time.Minute)
	rules := access.List{
		{Users: []string{"alice"}, Models: []string{office}, Until: soon},
		{Users: []string{"alice"}, Models: []string{warehouse}, From: soon},
		{Users: []string{"alice"}, Models: []string{"*"}, Except: access.Except{Models: []string{office, warehouse}}},
	}
	for by, want := range map[time.Duration][]string{
		0:          {office, showroom},
		time.Hour:  {showroom, warehouse},
		-time.Hour: {office, showroom},
	} {
		l := list(t, newCatalog(t, ahead{newAccount(), by}, rules, func(cfg *catalog.Config) { cfg.Keep = time.Hour }), alice)
		if diff := cmp.Diff(want, ids(l)); diff != "" {
			t.Errorf("Matterport is ahead by %v (-want +got):\n%s", by, diff)
		}
	}
}
