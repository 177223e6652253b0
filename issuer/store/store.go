package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

// An Entry is one live token. Entries are never changed once they are in a store.
type Entry struct {
	Key        Key
	Token      matterport.Secret
	Link       matterport.Secret // only if Key has a single model
	ValidUntil time.Time         // on Matterport's clock
	User       *identity.User    // as authorized, so that a changed policy can be asked again
}

// A Claim is the right to mint the next token of a key. It is void once its time is over, or once a
// [Store.Evict] has matched its key.
type Claim string

// The errors that a [Store] refuses with.
var (
	// ErrClaimed means that another caller holds the claim and will soon store a token.
	ErrClaimed = errors.New("store: another request is minting this token")

	// ErrClaimLost means that the claim has expired, or that its key was evicted in the meantime.
	ErrClaimLost = errors.New("store: the right to store this token was lost while it was minted")

	// ErrUserFull means that the user holds as many tokens as the store allows one user.
	ErrUserFull = errors.New("store: this user holds as many tokens as the store allows one user")

	// ErrFull means that the store holds as many tokens as it may.
	ErrFull = errors.New("store: the store holds as many tokens as it may")
)

// A Store records every live token, for one process or for a fleet of replicas that share it.
//
// Its methods are safe for concurrent use, also from several processes, and each takes effect at one
// instant between its call and its return: no later Get, in any replica, returns what Evict has removed.
// Any error but the ones above means that the state of the store is unknown; the issuer then issues
// nothing. The suite in package storetest checks every sentence of this interface.
type Store interface {
	// Get returns the entry that was put last under key, or nil if there is none. An entry may have
	// less time left than the caller wants; a store may return it until its time is over.
	Get(ctx context.Context, key Key) (*Entry, error)

	// Claim gives one caller at a time the right to mint for key, for at most ttl. It refuses with
	// ErrClaimed, ErrUserFull or ErrFull; the last two count entries and claims alike.
	Claim(ctx context.Context, key Key, ttl time.Duration) (Claim, error)

	// Put stores e, for ttl, as the newest under its key, and ends the claim. Older entries of the key
	// stay until their own time is over, for Evict and Entries. If the claim is void, Put stores nothing
	// and returns ErrClaimLost.
	Put(ctx context.Context, c Claim, e *Entry, ttl time.Duration) error

	// Release ends the claim without a token. Releasing a claim that is void is no error.
	Release(ctx context.Context, key Key, c Claim) error

	// Evict removes all entries that s matches, and voids all claims that it matches, in one step. It
	// returns the removed entries, which the issuer has to delete at Matterport.
	Evict(ctx context.Context, s Selector) ([]*Entry, error)

	// Entries goes through all live entries. Those put or removed in the meantime may or may not be
	// among them. The first error ends it.
	Entries(ctx context.Context) iter.Seq2[*Entry, error]
}
