// Package store is the contract between package oidclogin and the places where a login keeps its state on
// the server. It is a package of its own so that only authors of stores have to know it. Check an
// implementation with package storetest.
package store

import (
	"context"
	"time"
)

// A Store holds what the cookies of a login cannot: which sessions have ended, which logins and logout
// tokens have been used, and the sealed tokens of sessions. Replicas of an application share one Store.
//
// # Names
//
// The login makes the names: printable ASCII of at most 300 bytes, spaces included, which begin with the
// login and the purpose that they belong to. Several logins can share a Store. Names are case-sensitive.
// Ends, uses and values are apart: an end and a value may have the same name.
//
// # Time
//
// A ttl is greater than zero and is measured as elapsed time. Stored content counts until its ttl has
// passed; a Store may take up to a second longer to drop it. The times of ends are on the provider's
// clock: a Store compares them with each other, and never with a clock of its own.
//
// # Errors
//
// An error means that the Store does not know. The login then answers 503 and lets no request through,
// but a session whose tokens cannot be loaded goes on without being renewed. A call that failed may have
// taken effect. Calls may be repeated: only a repeated Once answers differently.
//
// # Concurrency
//
// All methods may be called from several goroutines and several replicas at once. What a call has stored,
// calls that begin after it has returned find, in every replica. For Once, Save, Load and Delete a Store
// therefore asks the place that all replicas share. Ended is called for every request of a signed-in
// user, so a Store may answer it from a copy nearby; then End must wait until no replica answers from an
// older copy. End is the only method that may have to wait for other replicas.
//
// A context that ends while a call waits makes that call fail. It removes nothing from the Store.
type Store interface {
	// End ends the sessions of name that were issued at until or before. It keeps that for ttl. If name
	// has an end already, the later of both times counts, for the longer of both ttls. Until has whole
	// seconds, is not zero, and is in the year 9999 at the latest, which ends every session.
	End(ctx context.Context, name string, until time.Time, ttl time.Duration) error

	// Ended returns the ends of the names, in their order, with the zero time for a name that has none.
	// It may return nil if none of them has one.
	Ended(ctx context.Context, names ...string) ([]time.Time, error)

	// Once marks name as used for ttl and reports true, unless it is marked as used already: then it
	// changes nothing and reports false. Of several calls at once, in all replicas, one reports true.
	Once(ctx context.Context, name string, ttl time.Duration) (first bool, err error)

	// Save stores value under name for ttl, in place of an earlier value. A value is opaque. It has at
	// least one byte, usually a few KiB, and at most 2 MiB. Save does not keep the slice.
	Save(ctx context.Context, name string, value []byte, ttl time.Duration) error

	// Load returns the value under name, or nil if there is none. The caller may change the slice.
	Load(ctx context.Context, name string) ([]byte, error)

	// Delete removes the value under name. If there is none, that is no error.
	Delete(ctx context.Context, name string) error
}
