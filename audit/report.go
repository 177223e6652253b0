package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-pme/pme/event"
)

// A Trouble is a time for which a part did not work as it should.
type Trouble struct {
	Part   string
	Detail string
	From   time.Time
	Until  time.Time // zero if it goes on, as far as the trail knows
}

// Troubles returns which parts were in trouble between From and To of q, in the order of their beginnings. Each replica sees for
// itself, so one outage can be several.
func Troubles(ctx context.Context, from Reader, q Query) ([]Trouble, error) {
	var out []Trouble
	open := make(map[[2]string]int) // by chain and part
	wide := Query{To: q.To, Kinds: []event.Kind{event.TroubleBegan, event.TroubleEnded, event.Configured}}
	for r, err := range from.Records(ctx, wide) {
		switch at, known := open[[2]string{r.Chain, r.Part}]; {
		case errors.Is(err, ErrLine):
		case err != nil:
			return nil, fmt.Errorf("audit: the records cannot be read: %w", err)
		case r.Kind == event.TroubleBegan:
			open[[2]string{r.Chain, r.Part}] = len(out)
			out = append(out, Trouble{Part: r.Part, Detail: r.Detail, From: r.From})
		case r.Kind == event.TroubleEnded && known:
			out[at].Until = r.Time
			delete(open, [2]string{r.Chain, r.Part})
		}
	}
	out = slices.DeleteFunc(out, func(t Trouble) bool { return !t.Until.IsZero() && t.Until.Before(q.From) })
	slices.SortFunc(out, func(a, b Trouble) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Part, b.Part)) })
	return out, nil
}

// A Grant is what a policy allows: a model to a user. Either may be empty: any.
type Grant struct{ User, Model string }

// Unused returns those of granted that were not used since that time: no one that they mean has seen a space that they mean.
// With pseudonyms, give those for the users.
func Unused(ctx context.Context, from Reader, since time.Time, granted []Grant) ([]Grant, error) {
	seen, err := Views(ctx, from, Query{From: since})
	if err != nil {
		return nil, err
	}
	used := make(map[Grant]bool)
	for _, v := range seen {
		used[Grant{v.User, v.Model}], used[Grant{v.User, ""}], used[Grant{"", v.Model}] = true, true, true
	}
	var out []Grant
	for _, g := range granted {
		if !used[g] && g != (Grant{}) {
			out = append(out, g)
		}
	}
	return out, nil
}
