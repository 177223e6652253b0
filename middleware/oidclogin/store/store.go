// Package store is the contract between package oidclogin and the places where a login keeps its state on
// the server. It is a package of its own so that only authors of stores have to know it. Check an
// implementation with package storetest.
package store

import (
	"context"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
)

// A Store holds what the cookies of a login cannot: which sessions have been revoked, which logins and logout
// tokens have been used, and the sealed tokens of sessions. Groups that do not fit into a session's cookie are
// here too, sealed. Replicas of an application share one Store.
//
// What package revocation says of names, time, errors and concurrency holds for all methods, and this:
//
//   - Revocations, uses and values are apart: a revocation and a value may have the same name.
//   - After an error the login answers 503 and lets no request through, but a session whose tokens cannot be
//     loaded goes on without being renewed.
//   - A Store may drop a value early, to make room: a session without its tokens goes on without being
//     renewed, and one without its groups has to begin anew.
//   - A repeated Once answers differently.
//   - What Once, Save and Delete have stored, calls that begin after they have returned find, in every
//     replica. For these and for Load, a Store asks the place that all replicas share, and no copy nearby.
type Store interface {
	revocation.Store

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

// A Spender is a [Store] that counts for all replicas how often someone causes a call to the provider. The login's limit on
// failed logins then holds in all replicas together. Without it, each replica counts for itself, as it does while Spend fails.
type Spender interface {
	// Spend takes one from what is left under name, and returns zero. If nothing is left, it takes nothing and returns how long
	// it takes until there is. There can be burst left, which is what there is at first, and one more comes each every. A name is
	// any text, and always comes with the same burst and every. A repeated Spend takes again.
	Spend(ctx context.Context, name string, burst int, every time.Duration) (wait time.Duration, err error)
}
