package issuer

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

// An Entry is one live token on record. Entries are never changed once they are in a store.
type Entry struct {
	Key        Key
	Token      matterport.Secret
	Link       matterport.Secret // only where Key has a single model
	ValidUntil time.Time         // on Matterport's clock
	User       *identity.User    // as authorized, so that a changed policy can be asked again
}

// A Selector says which tokens are meant: those that match every field that is set. A Session is a
// session of the User beside it. The zero Selector matches nothing.
type Selector struct {
	User    string
	Session string
	Model   string
	Token   matterport.Secret
}

// Matches reports whether s means e.
func (s Selector) Matches(e *Entry) bool {
	return s.matchesKey(e.Key) && (s.Token == "" || s.Token == e.Token)
}

// MatchesClaim reports whether s means whatever token is being minted for k. A token that does not
// exist yet cannot be named, so a Selector with a Token never does.
func (s Selector) MatchesClaim(k Key) bool { return s.Token == "" && s.matchesKey(k) }

func (s Selector) matchesKey(k Key) bool {
	return s.valid() &&
		(s.User == "" || s.User == k.User) &&
		(s.Session == "" || s.Session == k.Session) &&
		(s.Model == "" || k.Has(s.Model))
}

// valid refuses the zero Selector, and a Session without the User it belongs to.
func (s Selector) valid() bool {
	return s != Selector{} && (s.Session == "" || s.User != "")
}

// A Claim is the right to mint the next token of a key. It is void once its time is over, or once an
// [Store.Evict] has matched its key.
type Claim string

// What a [Store] refuses with.
var (
	// ErrClaimed says that somebody else holds the claim: a token will soon be there.
	ErrClaimed = errors.New("pme: another request is minting this token")

	// ErrClaimLost says that the claim ran out, or that what it was for was revoked meanwhile.
	ErrClaimLost = errors.New("pme: the right to keep this token was lost while it was minted")

	// ErrUserFull says that the user holds as many tokens as the store keeps for one.
	ErrUserFull = errors.New("pme: this user holds as many tokens as the store keeps for one user")

	// ErrFull says that the store holds as many tokens as it may.
	ErrFull = errors.New("pme: the store holds as many tokens as it may")
)

// A Store keeps every live token on record, for one process or for a fleet of replicas that share it.
//
// Its methods are safe for concurrent use, also from several processes, and each takes effect at one
// instant between its call and its return: what Evict has removed, no later Get returns, in no replica.
// Any error but the ones above means doubt, and the issuer issues nothing on it. The suite in storetest
// checks every sentence of this interface.
type Store interface {
	// Get returns the entry that was put last under key, or nil where there is none. An entry may
	// have less time left than the caller wants; a store may return it until its time is over.
	Get(ctx context.Context, key Key) (*Entry, error)

	// Claim gives one caller at a time the right to mint for key, for at most ttl. It refuses with
	// ErrClaimed, ErrUserFull or ErrFull; the last two count entries and claims alike.
	Claim(ctx context.Context, key Key, ttl time.Duration) (Claim, error)

	// Put keeps e, for ttl, as the newest under its key, and ends the claim. What was there before
	// stays on record until its own time is over, for Evict and Entries. With a claim that is void
	// it keeps nothing and returns ErrClaimLost.
	Put(ctx context.Context, c Claim, e *Entry, ttl time.Duration) error

	// Release ends the claim without a token. Releasing a claim that is void is no error.
	Release(ctx context.Context, key Key, c Claim) error

	// Evict removes all entries that s means, and voids all claims that it means, in one step. It
	// returns what it removed, as the issuer has to delete that at Matterport.
	Evict(ctx context.Context, s Selector) ([]*Entry, error)

	// Entries goes through all entries on record. Those put or removed meanwhile may or may not be
	// among them. The first error ends it.
	Entries(ctx context.Context) iter.Seq2[*Entry, error]
}
