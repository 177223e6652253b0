package access

import (
	"context"
	"time"

	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
)

var (
	_ BulkPolicy  = (*File)(nil)
	_ Namer       = (*File)(nil)
	_ GroupNamer  = (*File)(nil)
	_ Versioned   = (*File)(nil)
	_ Watcher     = (*File)(nil)
	_ Explainer   = (*File)(nil)
	_ DatedPolicy = (*File)(nil)
	_ Selecting   = (*File)(nil)
)

// Allowed uses the list in force, also after Close. It never waits for the file. The error is
// always nil.
func (f *File) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	return f.inForce.Allowed(ctx, u, model)
}

// AllowedAt implements [DatedPolicy] with the list in force. The error is always nil.
func (f *File) AllowedAt(ctx context.Context, u *identity.User, model string, now func() time.Time) (bool, time.Time, error) {
	return f.inForce.AllowedAt(ctx, u, model, now)
}

// Dated implements [DatedPolicy].
func (f *File) Dated(policy Policy) bool { return policy == Policy(f) }

// NextChange implements [DatedPolicy] with the list in force.
func (f *File) NextChange(now time.Time) time.Time { return f.inForce.NextChange(now) }

// Explain explains the answer of Allowed, using the list in force. Its lines and its hash are those of the version
// that was read, even if the file has changed since. The error is always nil.
func (f *File) Explain(ctx context.Context, u *identity.User, model string) (Explanation, error) {
	return f.inForce.Explain(ctx, u, model)
}

// Grants uses the list in force, also after Close. The error is always nil.
func (f *File) Grants(ctx context.Context, u *identity.User) (Grants, error) {
	return f.inForce.Grants(ctx, u)
}

// AllowedAmong implements [BulkPolicy]. It uses one version of the list for all models, even if the file changes
// in the meantime. The error is always nil.
func (f *File) AllowedAmong(ctx context.Context, u *identity.User, models []string) ([]string, error) {
	return f.inForce.AllowedAmong(ctx, u, models)
}

// ModelName implements [Namer] with the list in force. The error is always nil.
func (f *File) ModelName(ctx context.Context, u *identity.User, model string) (string, error) {
	return f.inForce.ModelName(ctx, u, model)
}

// NamedGroups implements [GroupNamer] with the list in force.
func (f *File) NamedGroups(policy Policy) ([]string, bool) {
	named, _ := f.inForce.NamedGroups(policy)
	return named, policy == Policy(f)
}

// Version implements [Versioned].
func (f *File) Version() string { return f.inForce.version().Hash }

// Selectors implements [Selecting] with the list in force.
func (f *File) Selectors() []selector.Selector { return f.inForce.Selectors() }

// Resolve implements [Selecting]. A resolution stays in force when the file changes.
func (f *File) Resolve(r selector.Resolution) { f.inForce.Resolve(r) }

// Watch implements [Watcher]: changed is called after each accepted change of the file, and of what its selectors stand for, once the
// new answers are in force.
// It is called by the goroutine that checks the file or the one that calls Resolve, one call at a time. It may
// register and stop callbacks. While it runs, no further change is noticed. It must not call [File.Close] or [File.Resolve]. It is
// not called for the first read of the file. A panic in it is logged, and the other callbacks are still called.
//
// stop unregisters changed, and can be called more than once. It does not wait: changed may still be called, or
// still be running, for a change accepted just before. A nil changed is ignored.
func (f *File) Watch(changed func()) (stop func()) { return f.inForce.Watch(changed) }
