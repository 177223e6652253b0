// Package revocation is the contract between logins and the places where they keep which sessions have been
// revoked. A session cookie cannot be deleted, since anyone may have a copy; so a login asks for each request
// whether its session has been revoked. It is a package of its own so that only authors of stores have to
// know it. Check an implementation with package revocationtest.
package revocation

import (
	"context"
	"time"
)

// MaxPosition is how long a position may be, in bytes.
const MaxPosition = 100

// A Store holds which sessions have been revoked. Replicas of an application share one Store.
//
// # Names
//
// Sessions are revoked by name: of a user, of one session, or whatever else a login chooses. A session has
// several names. The login makes them: printable ASCII of at most 300 bytes, spaces included, which begin
// with the login and the purpose that they belong to. Several logins can share a Store. Names are
// case-sensitive.
//
// # Positions
//
// A position is a place in the order of all calls of Revoke, in all replicas. Only the Store compares
// positions, and it compares no clocks for that. To everyone else a position is opaque: printable ASCII
// without spaces, of at most [MaxPosition] bytes and at least one.
//
// A Store that does not know a position takes it for older than every Revoke that it has. That holds for an
// empty one, one that it never returned, and one of a time before it lost its content, such as that of a
// process that has ended. A session whose position is unknown counts as revoked: a Store may
// revoke too much, never too little.
//
// # Time
//
// A ttl is greater than zero and is measured as elapsed time. A revocation counts until its ttl has passed; a
// Store may take up to a second longer to drop it. Callers choose a ttl that outlives every session that
// is revoked. The times of sessions are on the clock of whoever issues them, in whole milliseconds: a Store
// compares them with each other, and never with a clock of its own.
//
// # Errors
//
// An error means that the Store does not know. The login then answers 503 and lets no request through; it
// does not take the session for revoked. A call that failed may have taken effect. Calls may be repeated.
//
// # Concurrency
//
// All methods may be called from several goroutines and several replicas at once. Once Revoke or RevokeIssued
// has returned, every call of Revoked that begins then reports it, and every call of Position returns a
// later position, in every replica. Revoked is called for every request of a signed-in user, and Position for
// every sign-in, so a Store may answer both from a copy nearby; then Revoke and RevokeIssued must wait until
// no replica answers from an older copy.
//
// A context that ends while a call waits makes that call fail. It removes nothing from the Store.
type Store interface {
	// Position returns the present position. A login takes it before it asks anyone who the user is, and
	// keeps it in the session, so that Revoke reaches sign-ins in progress too.
	Position(ctx context.Context) (string, error)

	// Revoke revokes the sessions of name that began before this call: those with a position that was
	// returned before. Those with a position that is returned later it does not revoke. It keeps that for
	// ttl.
	Revoke(ctx context.Context, name string, ttl time.Duration) error

	// RevokeIssued revokes the sessions of name that were issued at until or before. It keeps that for ttl.
	// Until is not zero, and is in the year 9999 at the latest, which revokes every session.
	//
	// Revoke and RevokeIssued of one name add up: a session is revoked if one of them revokes it. Until all
	// of them have expired, the latest call of Revoke and the latest until count.
	RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error

	// Revoked reports whether s has been revoked under one of its names.
	Revoked(ctx context.Context, s Session) (bool, error)
}

// A Session is what a [Store] has to know of a session. A Store must not change it.
type Session struct {
	// Names are all names under which the session may have been revoked.
	Names []string

	// Position is the position at which the session began. If it is empty, every Revoke of one of the names
	// revokes the session.
	Position string

	// IssuedAt is when the session was issued. If it is zero, every RevokeIssued of one of the names
	// revokes the session.
	IssuedAt time.Time
}
