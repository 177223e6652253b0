package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer/store"
)

// stored is a token from the store and its remaining life. The zero stored means that there is no token.
type stored struct {
	*store.Entry
	left  time.Duration
	until time.Time // the end of the grant, or zero
}

// judge returns e with its remaining life, which ends with the grant. If Matterport's time is unknown, as after a start, it asks first.
func (i *Issuer) judge(ctx context.Context, e *store.Entry, p permit) stored {
	left, known := i.left(e)
	if !known && i.learnTime(ctx, e.Key) {
		left, _ = i.left(e)
	}
	if rest, ends := i.remaining(p); ends {
		left = min(left, rest)
	}
	return stored{e, left, p.until}
}

// usable reports whether the SDK can work with the token. Promise 2 of the design depends on this line.
func (s stored) usable() bool { return s.left >= showcase.LeastLeft }

// kindOfNext says what the event of the next token is: as long as this one lives, a tour can go on with that.
func (s stored) kindOfNext() event.Kind {
	if s.Entry != nil && s.left > 0 {
		return event.TokenRenewed
	}
	return event.TokenGranted
}

// fresh reports whether a token needs no renewal yet.
func (i *Issuer) fresh(s stored) bool { return seconds(s.left) > seconds(i.cfg.RefreshBefore) }

func (s stored) token() Token {
	until := s.ValidUntil
	if !s.until.IsZero() && s.until.Before(until) {
		until = s.until
	}
	return Token{AccessToken: s.Token, Link: s.Link, ValidUntil: until, ExpiresIn: seconds(s.left)}
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// LiveModels returns how many live tokens open each model, of all users and on all replicas. It goes through the whole store,
// so call it seldom. A token that is being minted is not counted yet. If the store fails, there is no answer.
func (i *Issuer) LiveModels(ctx context.Context) (map[string]int, error) {
	live := make(map[string]int)
	for e, err := range i.store.Entries(ctx) {
		if err != nil {
			return nil, unavailable(err)
		}
		for _, model := range e.Key.List() {
			live[model]++
		}
	}
	return live, nil
}

// A Live is a live token as administrators may know it: whose it is, what it opens and until when. The token itself cannot be
// had from it.
type Live struct {
	entry func() *store.Entry // a function, as no verb of package fmt prints what is behind one
}

// Key returns the user, the session and the models of the token.
func (l Live) Key() store.Key { return l.entry().Key }

// User returns the user as the policy was asked when the token was minted. It may be nil, and must not be changed.
func (l Live) User() *identity.User { return l.entry().User }

// ValidUntil returns when the token expires, on Matterport's clock.
func (l Live) ValidUntil() time.Time { return l.entry().ValidUntil }

// Fingerprint returns the first 8 hexadecimal digits of the token's SHA-256. Two tokens may have the same.
func (l Live) Fingerprint() string {
	sum := sha256.Sum256([]byte(l.entry().Token))
	return hex.EncodeToString(sum[:4])
}

// Live goes through all live tokens, of all replicas. Those that are minted or revoked in the meantime may or may not be among
// them. The first error ends it. It costs the store as much as [Issuer.Recheck]: do not call it for each request.
func (i *Issuer) Live(ctx context.Context) iter.Seq2[Live, error] {
	return func(yield func(Live, error) bool) {
		for e, err := range i.store.Entries(ctx) {
			if err != nil {
				_ = yield(Live{}, unavailable(err))
				return
			}
			if !yield(Live{func() *store.Entry { return e }}, nil) {
				return
			}
		}
	}
}
