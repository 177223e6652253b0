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

// A Store keeps connections and pending authorizations, durably, with every secret in them
// encrypted. It is safe for concurrent use, in a fleet also by several processes. Times are stored to the
// microsecond at least, and come back in UTC. A Store shares no memory with what it is given or returns.
// Package storetest checks all of it.
//
// A Store may refuse, with an error, a text that is not UTF-8 or contains a NUL; it never changes it to
// another text. If a value cannot be stored, Get and Take return ErrNoRecord for it.
//
// Any error but the ones above means that nothing has changed, or that the outcome is unknown.
type Store interface {
	// Begin stores a pending authorization. Of each user it keeps at most most, the new one included:
	// those that end first make way for it. It also deletes those of all users that have ended by now. An
	// ID that is already stored is an error.
	Begin(ctx context.Context, a *PendingAuthorization, most int, now time.Time) error

	// Take returns the pending authorization and deletes it, in one step, so that no two calls get it. It does so
	// only for its own user with its own proof. For others it changes nothing, so that no one can use up
	// an authorization that is not theirs: ErrNotTheirs. It does not look at Ends. ErrNoRecord.
	Take(ctx context.Context, id, user string, proof [32]byte) (*PendingAuthorization, error)

	// Create stores a new connection, unless the user has most of them already: ErrFull. A key that is
	// already stored is an error.
	Create(ctx context.Context, r *Record, most int) error

	// Get returns a connection: the committed state, whichever process wrote it. ErrNoRecord.
	Get(ctx context.Context, k Key) (*Record, error)

	// List returns the user's connections, in the order of their IDs. It may leave the tokens out, but
	// must not return a stored RefreshToken as empty.
	List(ctx context.Context, user string) ([]*Record, error)

	// Update passes the connection to change and stores what change has made of it. No other Update of
	// the connection, in any process, runs before that is done: a lock for each connection, held while
	// change runs, which may take as long as ctx. No other call has to wait for it, except perhaps Delete
	// and DeleteUser.
	//
	// When Update returns nil, the changes are committed. If ctx has ended by the time that change returns
	// nil, Update still tries to commit for some seconds: the record may hold the only refresh token that
	// is still good. If change fails, its error is returned and nothing is changed; nor is anything
	// changed if change panics. When a process is killed, its locks are free.
	//
	// change must not change the Key. ErrNoRecord, also if the connection is deleted in the meantime.
	Update(ctx context.Context, k Key, change func(ctx context.Context, r *Record) error) error

	// Delete deletes a connection and its tokens. It may wait for an Update. ErrNoRecord.
	Delete(ctx context.Context, k Key) error

	// DeleteUser deletes all connections and pending authorizations of a user, and returns the number of
	// connections.
	DeleteUser(ctx context.Context, user string) (int, error)
}
