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

// Views returns who saw what between From and To of q, by the users and the model of q, in the order of their beginnings.
// Of a stretch that goes on, it knows what was written within the last hour. Records that cannot be read are left out: [Verify]
// finds them. The error is that of the reader, or of ctx.
func Views(ctx context.Context, from Reader, q Query) ([]View, error) {
	v := views{grants: make(map[string]*grant)}
	wide := Query{Kinds: []event.Kind{event.TokenGranted, event.SpaceViewed, event.TokensRevoked}}
	if !q.From.IsZero() {
		wide.From = q.From.Add(-around)
	}
	if !q.To.IsZero() {
		wide.To = q.To.Add(around)
	}
	for r, err := range from.Records(ctx, wide) {
		switch {
		case errors.Is(err, ErrLine):
		case err != nil:
			return nil, fmt.Errorf("audit: the records cannot be read: %w", err)
		case r.Kind == event.TokensRevoked:
			v.revocations = append(v.revocations, r)
		case (len(q.Users) == 0 || slices.Contains(q.Users, r.User)):
			v.add(&r)
		}
	}
	return v.result(q), nil
}

// A grant is a stretch as the records tell it.
type grant struct {
	user, session  string
	models, names  []string
	view           View
	stretchIsKnown bool
}

type views struct {
	grants      map[string]*grant // by the ID of the record with which they began
	revocations []Record
}

func (v *views) add(r *Record) {
	id := r.ID
	if r.Kind == event.SpaceViewed {
		id = r.Grant
	}
	g := v.grants[id]
	if g == nil {
		g = &grant{user: r.User, session: r.Session, models: r.Models, names: r.Names}
		v.grants[id] = g
	}
	if len(g.names) == 0 {
		g.names = r.Names
	}
	if r.Kind == event.TokenGranted {
		g.view.Ground, g.view.Policy = cmp.Or(r.Detail, r.Reason), r.Policy
		if !g.stretchIsKnown {
			g.view.From, g.view.Seen, g.view.Until = r.Time, r.Time, r.Until
		}
		return
	}
	if g.stretchIsKnown && r.Seen.Before(g.view.Seen) {
		return // an older record of the same stretch
	}
	g.stretchIsKnown = true
	g.view.Policy = cmp.Or(g.view.Policy, r.Policy)
	g.view.From, g.view.Seen, g.view.Until = r.From, r.Seen, r.Until
	if r.Reason != "" {
		g.view.Ended, g.view.EndedBy = r.Reason, r.By
	}
}

// result cuts the stretches where tokens were revoked, joins those that overlap, and returns those of q.
func (v *views) result(q Query) []View {
	byModel := make(map[[2]string][]View)
	for _, g := range v.grants {
		for _, r := range v.revocations {
			g.cut(&r)
		}
		for i, model := range g.models {
			one := g.view
			one.User, one.Model = g.user, model
			if i < len(g.names) {
				one.Name = g.names[i]
			}
			if q.Model != "" && q.Model != one.Model && q.Model != one.Name {
				continue
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

// cut ends the stretch where a revocation, perhaps of another replica, meant its tokens.
func (g *grant) cut(r *Record) {
	meant := (r.User == "" || r.User == g.user) && (r.Session == "" || r.Session == g.session) &&
		(len(r.Models) == 0 || slices.ContainsFunc(r.Models, func(model string) bool { return slices.Contains(g.models, model) }))
	if !meant || r.Time.Before(g.view.From) || !r.Time.Before(g.view.Until) || g.view.Seen.After(r.Time) {
		return
	}
	g.view.Until, g.view.Ended, g.view.EndedBy = r.Time, r.Reason, r.By
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
