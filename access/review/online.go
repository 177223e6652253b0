package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/matterport"
)

// Matterport is the part of Matterport's API that [Rules.CheckOnline] calls. [*matterport.Client] implements it.
type Matterport interface {
	Models(ctx context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error)
}

// CheckOnline returns what [Rules.Check] does, and besides it IDs of models that Matterport does not list for the account, display
// names that differ from those at Matterport, and the problems of selectors, if the rules have a resolution. It lists the account's
// active models, 1,000 a call. It does not look at views.
func (r *Rules) CheckOnline(ctx context.Context, m Matterport, at time.Time) (Findings, error) {
	names, err := listed(ctx, m)
	if err != nil {
		return nil, err
	}
	f := r.findings()
	f.found = r.Check(at)
	for i, as := range r.Table.Written() {
		for _, e := range as.Models {
			f.model(i, e, names)
			f.selector(i, e)
		}
		for _, e := range as.Except.Models {
			f.model(i, e, names)
			f.selector(i, e)
		}
	}
	return f.sorted(), nil
}

func (f *findings) model(i int, e written.Entry, names map[string]string) {
	if !modelid.Valid(e.Value) {
		return
	}
	switch name, known := names[e.Value]; {
	case !known:
		f.add(Error, i, "Matterport does not list the model "+e.Value, "correct the ID, or remove it; a model that is not active is not listed either")
	case e.Named && name != "" && e.Name != name:
		f.add(Hint, i, fmt.Sprintf("the model %s is named %q here and %q at Matterport", e.Value, e.Name, name), "check that the right model is meant")
	}
}

func (f *findings) selector(i int, e written.Entry) {
	if !e.Selects() || f.Table.Resolution() == nil {
		return
	}
	if result := f.Table.Resolution()[e.Selector]; result.Problem != "" {
		f.add(Warning, i, e.Value+": "+result.Problem, "correct the selector, or what Matterport has")
	}
}

// listed returns the names of the account's models by their IDs.
func listed(ctx context.Context, m Matterport) (map[string]string, error) {
	names := make(map[string]string)
	q := matterport.ModelQuery{PageSize: 1000}
	for {
		page, err := m.Models(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("review: the account's models cannot be listed: %w", err)
		}
		before := len(names)
		for _, model := range page.Models {
			names[model.ID] = model.Name
		}
		if page.NextOffset == "" {
			return names, nil
		}
		if len(names) == before {
			return nil, errors.New("review: Matterport lists the same models again and again")
		}
		q.Offset = page.NextOffset
	}
}
