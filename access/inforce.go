package access

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/access/internal/compiled"
	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/reviewed"
	"github.com/go-pme/pme/access/internal/written"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
)

var (
	_ Policy      = (*inForce)(nil)
	_ BulkPolicy  = (*inForce)(nil)
	_ Namer       = (*inForce)(nil)
	_ GroupNamer  = (*inForce)(nil)
	_ Watcher     = (*inForce)(nil)
	_ Explainer   = (*inForce)(nil)
	_ DatedPolicy = (*inForce)(nil)
	_ Selecting   = (*inForce)(nil)
)

// inForce is a [Policy] of rules. It has the rules in force, with what their selectors stand for: a [List] is compiled to one, and a
// [File] has one. Questions take no lock.
type inForce struct {
	seam // for package review

	log      *slog.Logger
	watchers watchers
	rules    atomic.Pointer[ruleset]

	accepting  sync.Mutex // one change at a time
	resolution selector.Resolution
}

// ruleset is a version of the rules, compiled for one resolution of their selectors.
type ruleset struct {
	*compiled.Table
	origin origin
}

// seam is embedded under a name that is not exported, and has no exported methods.
type seam = reviewed.Seam

// newInForce returns a policy with these rules.
func newInForce(log *slog.Logger, rules []written.Rule, from origin) *inForce {
	f := &inForce{log: log}
	f.seam = reviewed.NewSeam(f, f.version)
	f.accept(rules, from)
	return f
}

func (f *inForce) version() reviewed.Version {
	r := f.rules.Load()
	return reviewed.Version{Table: r.Table, File: r.origin.file, Hash: r.origin.hash, Lines: r.origin.lines}
}

// accept puts rules in force, and keeps what is known of their selectors.
func (f *inForce) accept(rules []written.Rule, from origin) {
	f.accepting.Lock()
	defer f.accepting.Unlock()
	f.rules.Store(&ruleset{compiled.Compile(rules, f.resolution), from})
}

// Resolve implements [Selecting].
func (f *inForce) Resolve(r selector.Resolution) {
	if f.resolve(r) {
		f.watchers.call(f.log)
	}
}

func (f *inForce) resolve(r selector.Resolution) (changed bool) {
	f.accepting.Lock()
	defer f.accepting.Unlock()
	changed = !maps.EqualFunc(f.resolution, r, sameModels)
	f.resolution = r
	old := f.rules.Load()
	f.rules.Store(&ruleset{compiled.Compile(old.Written(), r), old.origin})
	return changed
}

// sameModels reports whether two results give the same answers.
func sameModels(a, b selector.Result) bool {
	return a.Known() == b.Known() && a.Missing == b.Missing && slices.Equal(a.Models, b.Models) && slices.Equal(a.Doubtful, b.Doubtful)
}

// Selectors implements [Selecting].
func (f *inForce) Selectors() []selector.Selector {
	seen := make(map[selector.Selector]bool)
	for _, r := range f.rules.Load().Written() {
		for _, e := range slices.Concat(r.Models, r.Except.Models) {
			if e.Selects() {
				seen[e.Selector] = true
			}
		}
	}
	return slices.Collect(maps.Keys(seen))
}

// Watch implements [Watcher].
func (f *inForce) Watch(changed func()) (stop func()) {
	if changed == nil {
		return func() {}
	}
	return f.watchers.add(changed)
}

// Allowed reports whether a rule lets u see the model. The error is always nil.
func (f *inForce) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	allowed, _ := f.rules.Load().AllowedAt(u, model, func() time.Time { return timeOf(ctx) })
	return allowed, nil
}

// AllowedAt implements [DatedPolicy]. The error is always nil.
func (f *inForce) AllowedAt(_ context.Context, u *identity.User, model string, now func() time.Time) (bool, time.Time, error) {
	allowed, until := f.rules.Load().AllowedAt(u, model, now)
	return allowed, until, nil
}

// Dated implements [DatedPolicy].
func (f *inForce) Dated(policy Policy) bool { return policy == Policy(f) }

// NextChange implements [DatedPolicy].
func (f *inForce) NextChange(now time.Time) time.Time { return f.rules.Load().NextChange(now) }

// Grants returns the models that the rules for u name, in the order in which these rules name them. It is
// open if one of the rules says "*". The error is always nil.
func (f *inForce) Grants(ctx context.Context, u *identity.User) (Grants, error) {
	models, open := f.rules.Load().Grants(u, timeOf(ctx))
	g := Grants{Open: open}
	for _, m := range models {
		g.Models = append(g.Models, Model(m))
	}
	return g, nil
}

// AllowedAmong implements [BulkPolicy]. It uses one version of the rules and one time for all models. The error is always nil.
func (f *inForce) AllowedAmong(ctx context.Context, u *identity.User, models []string) ([]string, error) {
	rules, now := f.rules.Load(), timeOf(ctx)
	at := func() time.Time { return now }
	var allowed []string
	for _, id := range models {
		if ok, _ := rules.AllowedAt(u, id, at); ok {
			allowed = append(allowed, id)
		}
	}
	return allowed, nil
}

// ModelName implements [Namer]. Like Grants, it knows the name only if a rule for u names the model. The error
// is always nil.
func (f *inForce) ModelName(ctx context.Context, u *identity.User, model string) (string, error) {
	return f.rules.Load().Name(u, model, timeOf(ctx)), nil
}

// NamedGroups implements [GroupNamer].
func (f *inForce) NamedGroups(policy Policy) ([]string, bool) {
	return f.rules.Load().Named(people.Groups), policy == Policy(f)
}

// Policy returns f itself.
func (f *inForce) Policy() (Policy, error) { return f, nil }
