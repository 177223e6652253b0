package audit

import (
	"cmp"
	"context"
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
// itself, so one outage can be several. Trouble of a process that has ended ends with it.
func Troubles(ctx context.Context, from Reader, q Query) ([]Trouble, error) {
	t := troubles{ended: make(map[seenTrouble]time.Time), runs: newRuns()}
	wide := Query{To: q.To, Kinds: []event.Kind{event.TroubleBegan, event.TroubleEnded, TrailBegan, TrailClosed}}
	if err := each(ctx, from, wide, t.add); err != nil {
		return nil, err
	}
	var out []Trouble
	for _, began := range t.began {
		one := Trouble{Part: began.Part, Detail: began.Detail, From: began.From}
		if until, ended := t.ended[seenTrouble{began.Part, began.From}]; ended {
			one.Until = until
		} else {
			one.Until = t.runs.end(began.Chain)
		}
		if one.Until.IsZero() || one.Until.After(q.From) {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b Trouble) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Part, b.Part)) })
	return out, nil
}

// seenTrouble identifies trouble as one process has seen it.
type seenTrouble struct {
	part string
	from time.Time
}

type troubles struct {
	began []Record
	ended map[seenTrouble]time.Time
	runs  *runs
}

func (t *troubles) add(r *Record) {
	t.runs.add(r)
	switch r.Kind {
	case event.TroubleBegan:
		t.began = append(t.began, *r)
	case event.TroubleEnded:
		t.ended[seenTrouble{r.Part, r.From}] = r.Time
	}
}

// A Permission is what a policy gives: a model to a user. Either may be empty: any.
type Permission struct{ User, Model string }

// Unused returns those of permissions that were not used since that time: no user that they mean has seen a space that they
// mean. In a pseudonymous trail, ask for each pseudonym of a user: a permission is unused if it is for all of them.
func Unused(ctx context.Context, from Reader, since time.Time, permissions []Permission) ([]Permission, error) {
	seen, err := Views(ctx, from, Query{From: since})
	if err != nil {
		return nil, err
	}
	used := make(map[Permission]bool)
	for _, v := range seen {
		used[Permission{v.User, v.Model}], used[Permission{v.User, ""}], used[Permission{"", v.Model}] = true, true, true
	}
	var out []Permission
	for _, p := range permissions {
		if !used[p] && p != (Permission{}) {
			out = append(out, p)
		}
	}
	return out, nil
}
