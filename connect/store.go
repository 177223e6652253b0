package connect

import (
	"context"
	"errors"
	"time"

	"github.com/go-pme/pme/matterport"
)

// A Key names a connection: whose it is, and which.
type Key struct{ User, ID string }

// A Record is a connection as a [Store] keeps it.
type Record struct {
	Key
	Label     string // what the person calls it; may be empty
	Scopes    []matterport.Scope
	Connected time.Time // when the person connected it last
	Refreshed time.Time // when its tokens were renewed last; zero before the first time

	// RefreshToken is empty once Matterport has refused it: the person has to connect again.
	RefreshToken matterport.Secret

	AccessToken matterport.Secret // empty with the RefreshToken
	ValidUntil  time.Time         // of the AccessToken, on Matterport's clock
}

// Reconnect reports whether the person has to connect again.
func (r *Record) Reconnect() bool { return r.RefreshToken == "" }

// A StoredAttempt is an attempt to connect that has begun and not come back.
type StoredAttempt struct {
	ID         string // a nonce, which comes back with the callback
	User       string
	Connection string // the ID of the connection that is to be renewed; empty for a new one
	Label      string
	Proof      [32]byte          // SHA-256 of what the browser was given to keep
	Verifier   matterport.Secret // of PKCE
	Ends       time.Time
}

var (
	// ErrNoRecord says that there is no such connection, or attempt.
	ErrNoRecord = errors.New("connect: not on record")

	// ErrFull says that the person has as many connections as they may have.
	ErrFull = errors.New("connect: too many connections for one person")
)

// A Store keeps connections and attempts, durably, with what is Secret in them encrypted. It is safe for
// concurrent use, in a fleet also by several processes. Times are kept to the microsecond at least, and
// come back in UTC. What it is given and what it returns is not shared with it. Package storetest checks
// all of it.
//
// A text that is not UTF-8 or contains a NUL need not be kept, which is an error, and never becomes
// another text. What cannot be kept is not on record when it is asked for.
//
// An error that is none of the above means that the store is in doubt, and nothing has changed, or that
// it is not known whether it has.
type Store interface {
	// Begin keeps an attempt. Of each person it keeps at most keep, the new one included: those that end
	// first make way for it. It also drops those of anybody that had ended by now. An ID that is there
	// already is an error.
	Begin(ctx context.Context, a *StoredAttempt, keep int, now time.Time) error

	// Take returns the attempt and forgets it, so that no two calls get it. ErrNoRecord.
	Take(ctx context.Context, id string) (*StoredAttempt, error)

	// Create keeps a new connection, unless the person has most of them already: ErrFull. A key that is
	// there already is an error.
	Create(ctx context.Context, r *Record, most int) error

	// Get returns a connection: the committed state, whichever process wrote it. ErrNoRecord.
	Get(ctx context.Context, k Key) (*Record, error)

	// List returns the person's connections, in the order of their IDs. It may leave the tokens out,
	// but a RefreshToken that is there is not empty.
	List(ctx context.Context, user string) ([]*Record, error)

	// Update gives change the connection to work on, and keeps what it has made of it. No other Update of
	// the connection, in whatever process, runs before that is done: a lock for each connection, held
	// while change runs, which may take as long as ctx. Nobody else has to wait for it, except perhaps
	// Delete and DeleteUser.
	//
	// What change has done is committed when Update returns nil. That is tried, for some seconds, also
	// where ctx has ended by the time that change returns nil: it may hold the only refresh token that is
	// still good. If change fails, its error is returned and nothing is changed; nor is it when change
	// panics. The lock of a process that is killed is free.
	//
	// The Key is not to be changed. ErrNoRecord, also where the connection is deleted meanwhile.
	Update(ctx context.Context, k Key, change func(ctx context.Context, r *Record) error) error

	// Delete forgets a connection and its tokens. It may wait for an Update. ErrNoRecord.
	Delete(ctx context.Context, k Key) error

	// DeleteUser forgets all connections and attempts of a person, and returns how many connections.
	DeleteUser(ctx context.Context, user string) (int, error)
}
