// Package catalog lists what a person may open, with the names and thumbnails that Matterport has for
// it, so that a gallery has something to show.
//
// It decides nothing: the policy does, and the token endpoint asks it again. What Matterport says is
// kept for a minute, as thumbnail addresses expire; when Matterport does not answer, the list goes
// without.
package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
)

// A Space is a model as a person sees it.
type Space struct {
	ID        string
	Name      string // the policy's display name, else Matterport's, else the ID
	Thumbnail string // an image URL, empty where none is known; it can expire within minutes
}

// A Listing is what one person may open, sorted by name.
type Listing struct {
	Spaces []Space

	// Partial says that there may be more: Matterport did not answer, or the account has more models
	// than [Config.MaxModels].
	Partial bool
}

// Config is what a [Catalog] is made of. Matterport and Policy are required.
type Config struct {
	// Matterport lists the account's models.
	Matterport Matterport

	// Policy says who may open which model.
	Policy access.Policy

	// Keep is how long the account's models are kept. Default: 1 minute.
	Keep time.Duration

	// MaxModels bounds how many of the account's models are looked at. Default: 5,000.
	MaxModels int

	// Logger gets a record for each listing that fails. Default: slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Keep = cmp.Or(c.Keep, time.Minute)
	c.MaxModels = cmp.Or(c.MaxModels, 5000)
	c.Logger = event.LoggerOr(c.Logger)
	return c
}

// validate reports everything that is wrong with c.
func (c Config) validate() error {
	var errs []error
	bad := func(problem string) { errs = append(errs, errors.New("catalog: "+problem)) }
	if c.Matterport == nil {
		bad("Matterport is missing: make one with matterport.New")
	}
	if c.Policy == nil {
		bad("Policy is missing: take the one that the issuer has")
	}
	if c.Keep < 0 || c.MaxModels < 0 {
		bad("Keep and MaxModels must not be negative")
	}
	return errors.Join(errs...)
}

// A Catalog is safe for concurrent use.
type Catalog struct {
	policy  access.Policy
	account *account
}

// New reports everything that is wrong with cfg. It does not use the network.
func New(cfg Config) (*Catalog, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Catalog{policy: cfg.Policy, account: newAccount(cfg)}, nil
}

// Close ends what the catalog runs in the background, and waits for it. For fails from then on. Close can be
// called more than once; the error is always nil.
func (c *Catalog) Close() error {
	c.account.flights.Close()
	return nil
}

// For lists what u may open; nothing if u is not signed in. It fails, and lists nothing, if the policy
// does, or once the catalog is closed.
func (c *Catalog) For(ctx context.Context, u *identity.User) (Listing, error) {
	if c.account.flights.Closed() {
		return Listing{}, fmt.Errorf("catalog: %w", flight.ErrClosed)
	}
	if !u.SignedIn() {
		return Listing{}, nil
	}
	grants, err := c.policy.Grants(ctx, u)
	if err != nil {
		return Listing{}, fmt.Errorf("catalog: the policy does not say what there is to see: %w", err)
	}
	known := c.account.models(ctx)
	var out Listing
	listed := make(map[string]bool, len(grants.Models))
	for _, m := range grants.Models {
		s := known.byID[m.ID]
		out.Spaces = append(out.Spaces, Space{ID: m.ID, Name: cmp.Or(m.Name, s.Name, m.ID), Thumbnail: s.Thumbnail})
		listed[m.ID] = true
	}
	if grants.Open {
		out.Partial = known.partial
		for id, s := range known.byID {
			if listed[id] {
				continue
			}
			allowed, err := c.policy.Allowed(ctx, u, id)
			if err != nil {
				return Listing{}, fmt.Errorf("catalog: the policy does not say whether a model may be seen: %w", err)
			}
			if allowed {
				out.Spaces = append(out.Spaces, s)
			}
		}
	}
	slices.SortFunc(out.Spaces, func(a, b Space) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Name returns the display name of a model that u may see: the policy's, or else Matterport's, or, where
// neither says, the ID. It does not check that u may see it.
func (c *Catalog) Name(ctx context.Context, u *identity.User, model string) string {
	if grants, err := c.policy.Grants(ctx, u); err == nil {
		for _, m := range grants.Models {
			if m.ID == model && m.Name != "" {
				return m.Name
			}
		}
	}
	return cmp.Or(c.account.models(ctx).byID[model].Name, model)
}
