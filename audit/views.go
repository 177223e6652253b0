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

// A View is a time for which a user could see a space without a gap.
type View struct {
	User  string // the ID, or a pseudonym
	Model string
	Name  string // of the model, as it was called then; empty if it was not known

	// From is when the first token was given, Seen when the last one was, and Until when that one ended: the user has seen the
	// space at From, was there at Seen, and left by Until at the latest.
	From, Seen, Until time.Time

	// Ended says why it ended, if tokens were revoked: the reason of the revocation. EndedBy is who did that.
	Ended, EndedBy string

	// Ground is the policy's reason for the first grant, such as "rule 2 (allow.yaml:14): group "facilities"", and Policy
	// the version of the policy.
	Ground, Policy string
}

// around is how much earlier and later than asked for records are read: a token lives for at most 24 hours, and stretches
// are written every hour.
const around = 26 * time.Hour

// Views returns who saw what between From and To of q, by the users and the model of q, in the order of their beginnings. A model
// that is given by its name is every one that was ever called so within that time.
//
// Of a stretch that goes on, it knows what was written within the last hour. Records that cannot be read are left out: [Verify]
// finds them. The error is that of the reader, or of ctx.
func Views(ctx context.Context, from Reader, q Query) ([]View, error) {
	wide := Query{}
	if !q.From.IsZero() {
		wide.From = q.From.Add(-around)
	}
	if !q.To.IsZero() {
		wide.To = q.To.Add(around)
	}
	v := views{grants: make(map[string]*grant), revoked: make(map[string][]Record)}
	var err error
	if v.models, err = modelsOf(ctx, from, wide, q.Model); err != nil {
		return nil, err
	}
	wide.Kinds = []event.Kind{event.TokensRevoked} // of whomever: some are of a model, or of everyone
	if err := each(ctx, from, wide, v.addRevocation); err != nil {
		return nil, err
	}
	wide.Kinds, wide.Users = []event.Kind{event.TokenGranted, event.SpaceViewed, event.TokenWithheld}, q.Users
	for _, wide.Model = range v.models {
		if err := each(ctx, from, wide, v.add); err != nil {
			return nil, err
		}
	}
	return v.result(q), nil
}

// modelsOf returns the IDs of the models that have, or had, this ID or name, or "" for all models.
func modelsOf(ctx context.Context, from Reader, wide Query, model string) ([]string, error) {
	all := []string{model}
	if model == "" {
		return all, nil
	}
	wide.Kinds, wide.Model = []event.Kind{event.TokenGranted, event.SpaceViewed}, model
	err := each(ctx, from, wide, func(r *Record) {
		for i, name := range r.Names {
			if name == model && i < len(r.Models) && !slices.Contains(all, r.Models[i]) {
				all = append(all, r.Models[i])
			}
		}
	})
	return all, err
}

// each calls f for the records of a query that can be read.
func each(ctx context.Context, from Reader, q Query, f func(*Record)) error {
	for r, err := range from.Records(ctx, q) {
		switch {
		case errors.Is(err, ErrLine):
		case err != nil:
			return fmt.Errorf("audit: the records cannot be read: %w", err)
		default:
			f(&r)
		}
	}
	return nil
}

// A grant is a stretch as the records tell it.
type grant struct {
	user, session string
	models, names []string
	seen          View
	isKnown       bool      // from a record of the stretch
	known         time.Time // of that record
	void          bool      // it was recorded, and not made
}

type views struct {
	models  []string            // the IDs that are asked for; one that is empty means all
	grants  map[string]*grant   // by the ID of the record with which they began
	revoked map[string][]Record // by user, "" for those of several users, in the order of time
}

func (v *views) addRevocation(r *Record) { v.revoked[r.User] = append(v.revoked[r.User], *r) }

func (v *views) add(r *Record) {
	switch r.Kind {
	case event.SpaceViewed:
		v.grant(r.Grant, r).view(r)
	case event.TokenGranted:
		v.grant(r.ID, r).begin(r)
	case event.TokenWithheld:
		if r.Corrects != "" {
			v.grant(r.Corrects, r).void = true
		}
	}
}

// grant returns the stretch that began with a record of that ID.
func (v *views) grant(id string, r *Record) *grant {
	g := v.grants[id]
	if g == nil {
		g = &grant{user: r.User, session: r.Session, models: r.Models}
		v.grants[id] = g
	}
	if len(g.names) == 0 {
		g.names = r.Names
	}
	return g
}

// begin takes in the record of the first token.
func (g *grant) begin(r *Record) {
	g.seen.Ground, g.seen.Policy = cmp.Or(r.Detail, r.Reason), r.Policy
	if !g.isKnown {
		g.seen.From, g.seen.Seen, g.seen.Until = r.Time, r.Time, r.Until
	}
}

// view takes in a record of the stretch. The newest one counts.
func (g *grant) view(r *Record) {
	if g.isKnown && r.Time.Before(g.known) {
		return
	}
	g.isKnown, g.known = true, r.Time
	g.seen.Policy = cmp.Or(g.seen.Policy, r.Policy)
	g.seen.From, g.seen.Seen, g.seen.Until = r.From, r.Seen, r.Until
	g.seen.Ended, g.seen.EndedBy = r.Reason, r.By
}

// result cuts the stretches where tokens were revoked, joins those that overlap, and returns those of q.
func (v *views) result(q Query) []View {
	for _, all := range v.revoked {
		slices.SortFunc(all, func(a, b Record) int { return a.Time.Compare(b.Time) })
	}
	byModel := make(map[[2]string][]View)
	for _, g := range v.grants {
		if g.void {
			continue
		}
		g.cut(v.revoked[g.user])
		g.cut(v.revoked[""])
		for i, model := range g.models {
			if !slices.Contains(v.models, model) && v.models[0] != "" {
				continue
			}
			one := g.seen
			one.User, one.Model = g.user, model
			if i < len(g.names) {
				one.Name = g.names[i]
			}
			key := [2]string{g.user, model}
			byModel[key] = append(byModel[key], one)
		}
	}
	var out []View
	for _, all := range byModel {
		for _, one := range joined(all) {
			if (q.From.IsZero() || one.Until.After(q.From)) && (q.To.IsZero() || one.From.Before(q.To)) {
				out = append(out, one)
			}
		}
	}
	slices.SortFunc(out, func(a, b View) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.User, b.User), cmp.Compare(a.Model, b.Model))
	})
	return out
}

// cut ends the stretch where the first of some revocations, perhaps of another replica, meant its last token.
func (g *grant) cut(revoked []Record) {
	first, _ := slices.BinarySearchFunc(revoked, g.seen.Seen, func(r Record, at time.Time) int { return r.Time.Compare(at) })
	for i := range revoked[first:] {
		r := &revoked[first+i]
		switch {
		case !r.Time.Before(g.seen.Until):
			return
		case (r.Session == "" || r.Session == g.session) && meansModels(r.Models, r.Exact, g.models):
			g.seen.Until, g.seen.Ended, g.seen.EndedBy = r.Time, r.Reason, r.By
			return
		}
	}
}

// joined joins stretches of one user and model that overlap: those of several replicas, devices or sets of models.
func joined(all []View) (out []View) {
	slices.SortFunc(all, func(a, b View) int { return a.From.Compare(b.From) })
	for _, next := range all {
		if n := len(out); n > 0 && !next.From.After(out[n-1].Until) {
			out[n-1].join(next)
			continue
		}
		out = append(out, next)
	}
	return out
}

func (v *View) join(next View) {
	if next.Until.After(v.Until) {
		v.Until, v.Ended, v.EndedBy = next.Until, next.Ended, next.EndedBy
	}
	if next.Seen.After(v.Seen) {
		v.Seen = next.Seen
	}
	v.Name = cmp.Or(next.Name, v.Name)
	v.Ground, v.Policy = cmp.Or(v.Ground, next.Ground), cmp.Or(v.Policy, next.Policy)
}
