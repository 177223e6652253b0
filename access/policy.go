package access

import (
	"context"

	"github.com/go-pme/pme/identity"
)

// Policy decides who may see which model. Implementations are safe for concurrent use. A Policy whose
// answers can change while the program runs should be a [Watcher] too.
//
// If a method returns an error, the caller must refuse, whatever the other result says.
type Policy interface {
	// Allowed reports whether u may see the model with this ID. It does not check that the model exists.
	Allowed(ctx context.Context, u *identity.User, model string) (bool, error)

	// Grants returns what is known of the models u may see, for showing them a choice. It is no
	// substitute for Allowed.
	Grants(ctx context.Context, u *identity.User) (Grants, error)
}

// A Watcher is a [Policy] that learns when its answers have changed, as a [*File] does. Tokens that a
// change no longer allows are then revoked at once. Without it a change takes effect only at each user's
// next request for a token.
type Watcher interface {
	// Watch has changed called after each change, once the new answers are in force. stop ends that and
	// can be called more than once. It does not wait, so a call that has begun may still be running.
	Watch(changed func()) (stop func())
}

// Source is anything that yields a checked [Policy]: a [List], a [*File] or a [Func]. A Policy of your own
// becomes one by a method Policy that returns itself. The error names every problem that keeps the Source
// from being a Policy.
type Source interface {
	Policy() (Policy, error)
}

// Model is a model as a policy knows it.
type Model struct {
	// ID is Matterport's ID of the model: 11 ASCII letters and digits.
	ID string

	// Name is for display only, and empty where the policy gives none.
	Name string
}

// Grants is what a policy knows beforehand of the models one person may see.
type Grants struct {
	// Models were named one by one for the person: in the list's order, each once. The caller may keep
	// and change the slice.
	Models []Model

	// Open says that there may be more among the account's models, by a "*" rule or a [Func]: ask
	// Allowed about each of them.
	Open bool
}
