package store

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrNoRecord means that there is no such connection, or pending authorization.
	ErrNoRecord = errors.New("store: no such record")

	// ErrNotTheirs means that the pending authorization is another user's, or that it has another proof.
	ErrNotTheirs = errors.New("store: the pending authorization is not theirs")

	// ErrFull means that the user has as many connections as one user may have.
	ErrFull = errors.New("store: too many connections for one user")
)

// A Store stores connections and pending authorizations durably, with every secret in them
// encrypted. It is safe for concurrent use, in a fleet also by several processes. Times are stored at least to the
// microsecond, and are returned in UTC. A Store shares no memory with its arguments and results.
// Package storetest checks all of it.
//
// A Store may refuse, with an error, a text that is not UTF-8 or contains a NUL; it never changes it to
// another text. If a value cannot be stored, Get and Take return ErrNoRecord for it.
//
// Any error but the ones above means that nothing has changed, or that the outcome is unknown.
type Store interface {
	// Begin stores a pending authorization. A user has at most most of them, including the new one: Begin
	// deletes those that end first. It also deletes those of all users that have ended by now. An ID that is
	// already stored is an error.
	Begin(ctx context.Context, a *PendingAuthorization, most int, now time.Time) error

	// Take returns the pending authorization and deletes it, in one step, so that no two calls get it. It does so
	// only for its own user with its own proof. For others it changes nothing, so that no one can use up
	// an authorization that is not theirs, and returns ErrNotTheirs. It does NOT check Ends. If there is none
	// with this ID, it returns ErrNoRecord.
	Take(ctx context.Context, id, user string, proof [32]byte) (*PendingAuthorization, error)

	// Create stores a new connection. It returns ErrFull if the user already has most of them. A key that is
	// already stored is an error.
	Create(ctx context.Context, r *Record, most int) error

	// Get returns the committed state of a connection, whichever process wrote it, or ErrNoRecord.
	Get(ctx context.Context, k Key) (*Record, error)

	// List returns the user's connections, in the order of their IDs. It may leave the tokens out, but
	// must not return a stored RefreshToken as empty.
	List(ctx context.Context, user string) ([]*Record, error)

	// Update passes the connection to change and stores the changed connection. It holds a lock of the
	// connection meanwhile: no other Update of it runs at the same time, in any process. change may take as
	// long as ctx. No other call has to wait for an Update, except perhaps Delete and DeleteUser.
	//
	// When Update returns nil, the changes are committed. If ctx has ended by the time that change returns
	// nil, Update still tries to commit for some seconds: the record may hold the only refresh token that
	// is still valid. If change fails, Update returns its error and changes nothing. If change panics, nothing
	// is changed either. The locks of a killed process are released.
	//
	// change must not change the Key. If there is no such connection, or if it is deleted in the meantime,
	// Update returns ErrNoRecord.
	Update(ctx context.Context, k Key, change func(ctx context.Context, r *Record) error) error

	// Delete deletes a connection and its tokens, or returns ErrNoRecord. It may wait for an Update.
	Delete(ctx context.Context, k Key) error

	// DeleteUser deletes all connections and pending authorizations of a user, and returns the number of
	// connections.
	DeleteUser(ctx context.Context, user string) (int, error)
}
