package issuer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/matterport"
)

// maxDeletes bounds the deletions under way at Matterport at once.
const maxDeletes = 8

// A Revocation says what a [Issuer.Revoke] came to.
type Revocation struct {
	// Tokens were on record, and are no longer served by any replica.
	Tokens int

	// Pending is how many of them Matterport has not yet confirmed as deleted. The issuer goes on
	// trying until it has, or they have expired.
	Pending int
}

// Revoke takes back every token that s means, and spoils every mint for it that is under way: first no
// replica serves them any more, then they are deleted at Matterport, which ends the tours they are used
// in. It waits a little for Matterport, at most for ctx, and not for retries.
//
// An error means that the store is in doubt, and that tokens may still be served.
//
// Revoking is not forbidding: whoever is still signed in and allowed gets a new token.
func (i *Issuer) Revoke(ctx context.Context, s Selector) (Revocation, error) {
	if !s.valid() {
		return Revocation{}, fmt.Errorf("%w: say whose tokens, or which, are to be revoked; a session goes with its user", ErrInvalid)
	}
	if i.flights.Closed() {
		return Revocation{}, unavailable(flight.ErrClosed)
	}
	evicted, err := i.store.Evict(ctx, s)
	if err != nil {
		i.log.LogAttrs(ctx, slog.LevelError, "revocation failed", slog.String("user", s.User), slog.String("model", s.Model), slog.Any("error", err))
		return Revocation{}, unavailable(err)
	}
	if len(evicted) > 0 {
		i.revocations.count(s.User)
	}
	out := Revocation{Tokens: len(evicted), Pending: len(evicted) - i.deleteAll(ctx, evicted)}
	i.log.LogAttrs(ctx, slog.LevelInfo, "tokens revoked", slog.String("user", s.User), slog.String("model", s.Model),
		slog.Int("tokens", out.Tokens), slog.Int("pending", out.Pending))
	return out, nil
}

// Recheck asks the policy again about every token on record, as of the user it was minted for, and
// revokes what is no longer allowed. A policy that watches its source has it called after each change.
// An error of the policy revokes nothing: every request that comes asks it again anyway.
func (i *Issuer) Recheck(ctx context.Context) error {
	var errs []error
	for e, err := range i.store.Entries(ctx) {
		if err != nil {
			errs = append(errs, i.doubt(ctx, "store", err))
			break
		}
		if _, err := i.authorize(ctx, e.User, e.Key.List()); errors.Is(err, ErrDenied) {
			_, err = i.Revoke(ctx, Selector{User: e.Key.User, Token: e.Token})
			errs = append(errs, err)
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// deleteAll has entries deleted at Matterport and returns how many are, when it has been tried once
// for each, or patience or ctx is over.
func (i *Issuer) deleteAll(ctx context.Context, entries []*Entry) (deleted int) {
	if len(entries) == 0 {
		return 0
	}
	first := make(chan bool, len(entries))
	for _, e := range entries {
		if !i.flights.Go(func(ctx context.Context) { i.delete(ctx, e, func(done bool) { first <- done }) }) {
			first <- false
			i.abandoned(e)
		}
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	for range entries {
		select {
		case done := <-first:
			if done {
				deleted++
			}
		case <-enough.C:
			return deleted
		case <-ctx.Done():
			return deleted
		}
	}
	return deleted
}

// discard has a token deleted that was minted and is not to be used.
func (i *Issuer) discard(e *Entry) {
	if !i.flights.Go(func(ctx context.Context) { i.delete(ctx, e, func(bool) {}) }) {
		i.abandoned(e)
	}
}

// delete tries until Matterport has confirmed it, e has expired, or the issuer is closed. It calls
// tried after the first time.
func (i *Issuer) delete(ctx context.Context, e *Entry, tried func(done bool)) {
	pause := time.Second
	for n := 0; ; n++ {
		err := i.deleteOnce(ctx, e.Token)
		if n == 0 {
			tried(err == nil)
		}
		if err == nil {
			return
		}
		i.log.LogAttrs(ctx, slog.LevelWarn, "deletion failed", slog.String("user", e.Key.User), slog.Any("error", err))
		left := e.ValidUntil.Sub(i.cfg.Matterport.ServerTime())
		if left <= 0 {
			return
		}
		select {
		case <-time.After(min(left, pause/2+rand.N(pause))): //nolint:gosec // jitter is no secret
			pause = min(2*pause, 30*time.Second)
		case <-ctx.Done():
			i.abandoned(e)
			return
		}
	}
}

func (i *Issuer) deleteOnce(ctx context.Context, token matterport.Secret) error {
	select {
	case i.deletes <- struct{}{}:
		defer func() { <-i.deletes }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, i.cfg.MintTimeout)
	defer cancel()
	err := i.cfg.Matterport.DeleteEmbedToken(ctx, token)
	if errors.Is(err, matterport.ErrNotFound) {
		return nil // expired, or deleted by somebody else
	}
	return err
}

func (i *Issuer) abandoned(e *Entry) {
	i.log.LogAttrs(context.Background(), slog.LevelWarn, "deletion abandoned",
		slog.String("user", e.Key.User), slog.Time("valid_until", e.ValidUntil))
}
