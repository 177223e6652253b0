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

// A Mark is a position in the order of a store's evictions. A request takes one before it is known who
// sent it: an eviction that came later may have been meant for that request. Only the store that made a Mark
// can read it. The zero Mark is older than every eviction.
type Mark string

// The errors that a [Store] refuses with.
var (
	// ErrClaimed means that another caller holds the claim and will soon store a token.
	ErrClaimed = errors.New("store: another request is minting this token")

	// ErrClaimLost means that the claim has expired, or that something which the key names was evicted
	// since the mark or the claim.
	ErrClaimLost = errors.New("store: the right to this token was lost: it was revoked, or took too long")

	// ErrUserFull means that the user holds as many tokens as the store allows one user.
	ErrUserFull = errors.New("store: this user holds as many tokens as the store allows one user")

	// ErrFull means that the store holds as many tokens as it may.
	ErrFull = errors.New("store: the store holds as many tokens as it may")
)

// A Store records every live token, for one process or for a fleet of replicas that share it.
//
// Its methods are safe for concurrent use, also from several processes. For each key, each of them takes
// effect at one instant between its call and its return: no later Get, in any replica, returns what Evict has
// removed. Any error but the ones above means that the state of the store is unknown; the issuer then issues
// nothing. The suite in package storetest checks every sentence of this interface.
//
// # Marks
//
// Evict removes the tokens that exist. A request that is on its way when a user is locked out could have a
// token minted afterwards. So each request takes a mark before it is known who sent it, and Get and Claim
// refuse a request whose key was evicted since. An eviction counts against a key if its [Selector] has no
// Token and matches the key ([Selector.MatchesClaim]).
//
// A store may forget evictions, such as those of an hour ago, if it then takes every mark from before them
// as too old. It may refuse a mark for no other reason.
type Store interface {
	// Mark returns the present position. It is called for every request, so it must not wait: a replica
	// that does not know the present position returns an earlier one, or the zero Mark.
	Mark() Mark

	// Get returns the entry that was put last under key, or nil if there is none. An entry may have
	// less time left than the caller wants; a store may return it until its time is over. If the key was
	// evicted since mark, Get refuses with ErrClaimLost, whatever was put later.
	Get(ctx context.Context, key Key, mark Mark) (*Entry, error)

	// Claim gives one caller at a time the right to mint for key, for at most ttl. It refuses with
	// ErrClaimLost if the key was evicted since mark, even if another caller holds the claim; otherwise
	// with ErrClaimed, ErrUserFull or ErrFull. The last two count entries and claims alike.
	Claim(ctx context.Context, key Key, mark Mark, ttl time.Duration) (Claim, error)

	// Put stores e, for ttl, as the newest under its key, and ends the claim. Older entries of the key
	// stay until their own time is over, for Evict and Entries. If the claim is void, Put stores nothing
	// and returns ErrClaimLost.
	Put(ctx context.Context, c Claim, e *Entry, ttl time.Duration) error

	// Release ends the claim without a token. Releasing a claim that is void is no error.
	Release(ctx context.Context, key Key, c Claim) error

	// Evict removes all entries that s matches, and voids all claims that it matches. It returns the
	// removed entries, which the issuer has to delete at Matterport. Marks that were taken before the call
	// are older than the eviction, marks that are taken after its return are not.
	Evict(ctx context.Context, s Selector) ([]*Entry, error)

	// Entries goes through all live entries. Those put or removed in the meantime may or may not be
	// among them. The first error ends it.
	Entries(ctx context.Context) iter.Seq2[*Entry, error]
}
