// Package identity carries the signed-in user from the middleware that recognized them to the packages that
// decide what they may see.
//
// It knows nothing of sessions, tokens or HTTP, and it checks nothing: the code that puts a [User] into a
// context must have verified every field.
package identity

import (
	"context"
	"time"
)

// User is a signed-in person, as the host application or its identity provider vouches for them.
//
// A User is shared between requests once it is in a context: treat it as read-only.
type User struct {
	// ID is stable, unique among the host's people, and never reused. Issued tokens are stored under it.
	// A User without an ID is not signed in.
	ID string

	// Email is the person's address. Policies ignore it unless EmailVerified is set.
	Email string

	// EmailVerified says that the provider has checked that the person owns Email.
	EmailVerified bool

	// Name is for display only.
	Name string

	// Groups are compared exactly, letter case included. A login may leave out groups that no rule names:
	// see OmittedGroups.
	Groups []string

	// OmittedGroups is how many further groups the user is in that the login left out of Groups, because no
	// policy behind it names them. A session of package oidclogin does that, so that it stays small. An
	// answer to "which groups is this person in?" has to say so; no decision may depend on it.
	OmittedGroups int

	// Session identifies one sign-in of the person, so that the host can end it without the others. If it is
	// empty, the person's browsers share their tokens; otherwise each sign-in has separate tokens. It must
	// not be a credential: stores hold it in clear text.
	Session string

	// SignedInAt is when the session began, on the clock of the host that began it. Whole seconds, rounded
	// down, are precise enough. Gates with a record of revocations compare it: see middleware.Config. The
	// zero time, or one before 1970, means that it is unknown.
	SignedInAt time.Time

	// AuthenticatedAt is when the person last proved who they are, such as by a password. That can be long before
	// SignedInAt, if an identity provider knew them already. Package handler/admin asks for it. No gate compares it with
	// a revocation. The zero time means that it is unknown.
	AuthenticatedAt time.Time

	// Position is where the session began in the order of all revocations, as middleware.Gate.Position returned it
	// when the user signed in. A gate with a record of revocations compares it instead of SignedInAt, so that no clocks
	// are compared. Empty means that it is unknown.
	Position string
}

// SignedIn reports whether u is not nil and has an ID.
func (u *User) SignedIn() bool { return u != nil && u.ID != "" }

type contextKey struct{}

// NewContext returns a copy of ctx that carries u. The caller must not change u afterwards.
func NewContext(ctx context.Context, u *User) context.Context {
	return context.WithValue(ctx, contextKey{}, u)
}

// FromContext returns the signed-in user of ctx. It returns false if no middleware put one there, or if the
// user has no ID.
func FromContext(ctx context.Context) (*User, bool) {
	u, _ := ctx.Value(contextKey{}).(*User)
	if !u.SignedIn() {
		return nil, false
	}
	return u, true
}
