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
	//
	// It is asked often. A request for a token asks it once for each model, also if the token is stored
	// already, and again if the request had to wait for a new token. A listing asks it once for each of the
	// account's models that matches the search and that Grants does not name, within the limits of package
	// catalog, unless the Policy is a [BulkPolicy].
	Allowed(ctx context.Context, u *identity.User, model string) (bool, error)

	// Grants returns the known models that u may see, to show the user a choice. It does not replace
	// Allowed.
	Grants(ctx context.Context, u *identity.User) (Grants, error)
}

// A BulkPolicy is a [Policy] that can answer for many models at once. What a [List] is compiled to and a
// [*File] are BulkPolicies. A [Func] is not: a listing calls it once for each model. If the answer
// comes from a database or a directory, give the Func a type of its own that has this method and a method
// Policy that returns itself.
//
// A type that embeds a [*File] and has an Allowed of its own needs an AllowedAmong, a Grants and a ModelName of
// its own as well. Otherwise listings show what the file allows.
type BulkPolicy interface {
	// AllowedAmong returns those of models that u may see, in any order. Its answer must be the one that
	// Allowed would give for each of them. models are well-formed IDs, each once, and not more than
	// the account has: up to 5,000 if catalog.Config does not say otherwise. AllowedAmong may keep and
	// change the slice.
	//
	// The caller must ignore IDs that it has not asked for. The answer may repeat an ID. If
	// AllowedAmong returns an error, the caller must refuse all of models.
	AllowedAmong(ctx context.Context, u *identity.User, models []string) (allowed []string, err error)
}

// A Namer is a [Policy] that can look up one display name. What a [List] is compiled to and a [*File] are
// Namers. Without it, Grants is asked for all models and names whenever one name is needed.
type Namer interface {
	// ModelName returns the name that Grants gives the model for u, or "" if it gives none. It does not
	// check that u may see the model.
	ModelName(ctx context.Context, u *identity.User, model string) (string, error)
}

// A GroupNamer is a [Policy] that knows all groups on which its answers depend. What a [List] is compiled to and
// a [*File] are GroupNamers. A login may then leave other groups out of its sessions: see
// middleware.GroupKeeper. A [Func] is not one, and its users keep all their groups.
//
// If the groups can change, the Policy should be a [Watcher] too.
type GroupNamer interface {
	// NamedGroups returns the groups on which the answers of policy depend, each as [identity.User.Groups] has
	// it, in any order: also those for which a user is refused. It reports false if policy is not the
	// GroupNamer itself, and always or never if it is. So a type that embeds a [*File] and decides by itself
	// is not taken for the file: its users keep all groups unless it has a NamedGroups of its own.
	//
	// The caller must not change the slice.
	NamedGroups(policy Policy) (groups []string, known bool)
}

// A Watcher is a [Policy] that reports when its answers have changed, as a [*File] does. Tokens that a
// change no longer allows are then revoked at once. Without it a change takes effect only at each user's
// next request for a token.
type Watcher interface {
	// Watch registers changed, which is called after each change, once the new answers are in force. stop
	// unregisters it and can be called more than once. stop does not wait, so a call that has begun may
	// still be running.
	Watch(changed func()) (stop func())
}

// Versioned is a [Policy] that says which version of it is in force, for events and an audit trail.
type Versioned interface {
	// Version returns the [Explanation.Hash] of the answers that are given now.
	Version() string
}

// VersionOf returns the version of a policy, or "" for one that is not [Versioned].
func VersionOf(policy Policy) string {
	if v, ok := policy.(Versioned); ok {
		return v.Version()
	}
	return ""
}

// Source returns a checked [Policy]. A [List], a [*File] and a [Func] are Sources. A Policy of your own becomes
// one with a method Policy that returns itself. The error names every problem because of which the Source is not
// a valid Policy.
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

// Grants are the models that a policy can list for one person without being asked about each.
type Grants struct {
	// Models were named one by one for the person: in the list's order, each once. The caller may keep
	// and change the slice.
	Models []Model

	// Open means that the person may see more of the account's models, because of a "*" rule or a [Func].
	// Ask Allowed about each of them.
	Open bool
}
