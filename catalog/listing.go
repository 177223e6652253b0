package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/flight"
)

// For lists the spaces that u may open, and none if u is not signed in. It fails, and lists nothing, if the policy
// does, or once the catalog is closed. A [*RateLimitError] means that u asks too often.
//
// The policy gets the values of ctx. A request of the same user for the same listing that comes meanwhile shares
// the answer, whatever the values of its own context are.
func (c *Catalog) For(ctx context.Context, u *identity.User) (Listing, error) {
	return c.Search(ctx, u, "")
}

// Search is [Catalog.For] for those spaces that have all words of query in their names or IDs, in whatever letter
// case. The policy is asked about no others. Search looks at the first 50 words of query.
func (c *Catalog) Search(ctx context.Context, u *identity.User, query string) (Listing, error) {
	if c.flights.Closed() {
		return Listing{}, fmt.Errorf("catalog: %w", flight.ErrClosed)
	}
	if !u.SignedIn() {
		return Listing{}, nil
	}
	words := strings.Fields(strings.ToLower(query))
	words = words[:min(len(words), maxWords)]
	out, err := c.turns.list(ctx, u, strings.Join(words, " "),
		func() error { return c.spend(u.ID, costListing, int(c.checks.Load())) },
		func(ctx context.Context) (Listing, error) { return c.list(ctx, u, words) },
	)
	if err != nil {
		c.failed(ctx, u, err)
		return Listing{}, err
	}
	return out, nil
}

// failed logs the error of a listing, unless the caller has left. A user who asks too often has one record at first and one a
// minute, which counts the others.
func (c *Catalog) failed(ctx context.Context, u *identity.User, err error) {
	if ctx.Err() != nil || c.flights.Closed() {
		return
	}
	attrs := []slog.Attr{slog.String("user", u.ID), slog.Any("error", err)}
	if _, limited := errors.AsType[*RateLimitError](err); limited {
		count := c.limited.Note(u.ID)
		if count == 0 {
			return
		}
		attrs = append(attrs, slog.Int("count", count))
	}
	c.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "spaces not listed", attrs...)
}

// nothing logs that the policy names no space for u. The gallery is empty then, and no request is refused.
func (c *Catalog) nothing(ctx context.Context, u *identity.User) {
	if !c.cfg.Logger.Enabled(ctx, slog.LevelInfo) {
		return
	}
	c.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "no spaces to list: the policy names none for the user",
		slog.String("user", u.ID), slog.Int("groups", len(u.Groups)), slog.String("first_groups", fmt.Sprintf("%.128q", u.Groups[:min(len(u.Groups), 50)])))
}

// list asks the policy, and Matterport for what there is besides.
func (c *Catalog) list(ctx context.Context, u *identity.User, words []string) (Listing, error) {
	grants, err := c.policy.grants(ctx, u)
	if err != nil {
		return Listing{}, fmt.Errorf("catalog: the policy does not say what there is to see: %w", err)
	}
	if len(grants.Models) == 0 && !grants.Open {
		c.nothing(ctx, u)
	}
	c.account.models(ctx)
	known := c.account.refreshPlaces(ctx)
	s := newSelection(known, words, c.cfg.MaxModels)
	s.grant(grants.Models)
	if grants.Open {
		if err := c.ask(ctx, u, s); err != nil {
			return Listing{}, err
		}
	}
	return Listing{
		Spaces: s.spaces(), Partial: s.more || grants.Open && known.partial, More: s.more,
		Degraded: known.outage.lasts(), Refused: known.outage == refusing,
	}, nil
}

// ask adds what the policy allows of the account's other spaces.
func (c *Catalog) ask(ctx context.Context, u *identity.User, s *selection) error {
	ids := s.candidates()
	if len(ids) == 0 {
		return nil
	}
	allowed, ok, err := c.policy.allowedAmong(ctx, u, ids)
	switch {
	case err != nil:
		return refused(err)
	case !ok:
		return c.askEach(ctx, u, s, ids)
	}
	for _, id := range allowed {
		s.allow(id)
	}
	return nil
}

// askEach asks about one model after the other, until that was often or long enough.
func (c *Catalog) askEach(ctx context.Context, u *identity.User, s *selection, ids []string) error {
	if len(ids) > c.cfg.MaxChecks {
		ids, s.more = ids[:c.cfg.MaxChecks], true
	}
	c.checks.Store(int64(len(ids)))
	if err := c.spend(u.ID, len(ids), costListing); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, maxAsking)
	defer cancel()
	for _, id := range ids {
		if limited.Err() != nil && ctx.Err() == nil {
			s.more = true
			return nil
		}
		allowed, err := c.policy.allowed(limited, u, id)
		switch {
		case ctx.Err() != nil:
			return refused(ctx.Err())
		case err != nil && limited.Err() == nil:
			return refused(err)
		case allowed && err == nil:
			s.allow(id)
		case err != nil:
			s.more = true // it was interrupted
		}
	}
	return nil
}

func refused(err error) error {
	return fmt.Errorf("catalog: the policy does not say whether a model may be seen: %w", err)
}

// Space returns the name and the thumbnail of a model that u may see. It does not check that u may see it. If the
// policy is no [access.Namer], it is asked for all its Grants. Space costs nothing of the budget. It waits for Matterport's
// listing only if the policy has no name: a thumbnail is not worth the wait.
func (c *Catalog) Space(ctx context.Context, u *identity.User, model string) Space {
	name := displayname.Clean(c.policy.name(ctx, u, model))
	known := c.account.remembered()
	if name == "" {
		known = c.account.models(ctx)
	}
	s := known.find(model)
	s.ID, s.Name = model, cmp.Or(name, s.Name, model)
	if !c.account.young(known) {
		s.Thumbnail = ""
	}
	return s
}
