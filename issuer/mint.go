package issuer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// maxFlights is how many flights a caller joins that a revocation spoils, if it began after that itself.
const maxFlights = 3

// mint waits until a token for key has been minted and stored, by this caller's flight or by one under
// way. The flight goes on when the caller leaves; a caller with a usable token leaves after a little
// patience.
func (i *Issuer) mint(ctx context.Context, mark store.Mark, u *identity.User, key store.Key, usable bool) (err error) {
	for range maxFlights {
		if err = i.join(ctx, mark, u, key, usable); !errors.Is(err, errRevokedMeanwhile) {
			break
		}
		// The flight may be another caller's, from before the revocation. Is this caller from before it, too?
		if _, err := i.held(ctx, mark, key); err != nil {
			return err
		}
	}
	return err
}

// join waits for the flight that is under way for key, or starts one.
func (i *Issuer) join(ctx context.Context, mark store.Mark, u *identity.User, key store.Key, usable bool) error {
	key = cloned(key)
	from := i.events.Request(ctx) // now: the flight may outlive the request
	landed := i.flights.Do(key.String(), i.cfg.MintTimeout, func(ctx context.Context) error {
		ctx = event.WithRequest(ctx, from)
		if !usable {
			return i.fly(ctx, mark, u, key)
		}
		if err := i.fly(quietly(ctx), mark, u, key); err != nil {
			return untold{err} // most of those who wait get the stored token, and tell of that
		}
		return nil
	})
	var enough time.Duration
	if usable {
		enough = patience
	}
	done, err := flight.Wait(ctx, landed, enough)
	switch {
	case done:
		return i.landed(ctx, key, err)
	case err != nil:
		return err
	}
	return untold{unavailable(errors.New("Matterport takes its time"))}
}

// landed gives the errors of the flight itself the form of all others.
func (i *Issuer) landed(ctx context.Context, key store.Key, err error) error {
	var ours *Error
	if err == nil || errors.As(err, &ours) || errors.Is(err, ErrDenied) { // told of, or untold
		return err
	}
	i.withheld(ctx, slog.LevelError, key, reasonNoMint, err)
	return unavailable(err)
}

// fly is one flight: on its own time, not on that of the caller who happened to be first.
func (i *Issuer) fly(ctx context.Context, mark store.Mark, u *identity.User, key store.Key) error {
	if err := i.mayCall(ctx, key); err != nil {
		return err
	}
	claim, err := i.claim(ctx, mark, key)
	if err != nil || claim == "" {
		return err
	}
	kept := false
	defer func() { // also when minting panics
		if !kept {
			i.release(ctx, key, claim)
		}
	}()
	err = i.mintAndKeep(ctx, u, key, claim)
	kept = err == nil
	return err
}

// mayCall fails if no call to Matterport would be made, before the store is troubled for a claim. Otherwise it
// takes one from the user's budget.
func (i *Issuer) mayCall(ctx context.Context, key store.Key) error {
	if i.gone.recently(key.Models) {
		i.withheld(ctx, slog.LevelInfo, key, reasonNoMint, ErrNotFound)
		return &Error{Kind: ErrNotFound}
	}
	if wait := i.quiet.Left(mutationOf(key)); wait > 0 {
		i.withheld(ctx, slog.LevelWarn, key, reasonNoMint, errQuiet)
		return &Error{Kind: ErrUnavailable, RetryAfter: wait, Err: errQuiet}
	}
	if err := i.spend(key.User); err != nil {
		i.withheld(ctx, slog.LevelWarn, key, reasonLimit, err)
		return err
	}
	return nil
}

// claim gets the right to mint for key, or waits for whoever has it. It returns no claim where a token
// is there already: stored by another replica, or by a flight that has just landed. Once the key is revoked,
// it gives up.
func (i *Issuer) claim(ctx context.Context, mark store.Mark, key store.Key) (store.Claim, error) {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		claim, err := i.store.Claim(ctx, key, mark, i.cfg.MintTimeout+5*time.Second)
		if err != nil && !errors.Is(err, store.ErrClaimed) {
			return "", i.refused(ctx, key, err)
		}
		// Only now: whoever minted before us stored its token before giving up its claim.
		held, err := i.held(ctx, mark, key)
		fresh := i.fresh(held)
		if claim != "" && err == nil && !fresh {
			return claim, nil
		}
		if claim != "" {
			i.release(ctx, key, claim)
		}
		if err != nil || fresh {
			return "", err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // jitter is no secret
		case <-ctx.Done():
			return "", unavailable(fmt.Errorf("waiting for another replica's mint: %w", ctx.Err()))
		}
	}
}

func (i *Issuer) refused(ctx context.Context, key store.Key, err error) error {
	switch {
	case errors.Is(err, store.ErrClaimLost):
		return revokedMeanwhile()
	case errors.Is(err, store.ErrUserFull):
		i.withheld(ctx, slog.LevelWarn, key, reasonLimit, err)
		return &Error{Kind: ErrRateLimited, RetryAfter: time.Minute, Err: err}
	default:
		return i.failed(ctx, key, reasonStore, err)
	}
}

var errQuiet = errors.New("Matterport asked to be left alone for a while")

// mintAndKeep makes the one call upstream, and stores its token under the claim. Whatever goes wrong
// after the call, a token that is not stored is deleted.
func (i *Issuer) mintAndKeep(ctx context.Context, u *identity.User, key store.Key, claim store.Claim) error {
	minted, err := i.create(ctx, key)
	if err != nil {
		return i.notMinted(ctx, key, err)
	}
	e := &store.Entry{Key: key, Token: minted.AccessToken, Link: minted.Link, ValidUntil: minted.ValidUntil, User: u}
	ttl, _ := i.left(e)
	if ttl <= 0 {
		i.discard(e)
		i.withheld(ctx, slog.LevelError, key, reasonNoMint, errNoTimeLeft)
		return &Error{Kind: ErrUpstream, Err: errNoTimeLeft}
	}
	grant, err := i.events.Record(ctx, i.granted(ctx, u, e))
	if err != nil {
		i.discard(e)
		return i.failed(ctx, key, reasonRecord, err)
	}
	switch err := i.store.Put(ctx, claim, e, ttl); {
	case errors.Is(err, store.ErrClaimLost):
		i.discard(e)
		return revokedMeanwhile()
	case err != nil:
		i.discard(e)
		return i.failed(ctx, key, reasonStore, err)
	}
	// The policy may have changed since it was asked, and have been rechecked before this token was
	// stored. Asked once more from here on, no change can slip through.
	if _, err := i.authorize(ctx, u, key.List()); err != nil {
		_, _ = i.Revoke(ctx, store.Selector{User: key.User, Token: e.Token}) // Revoke logs
		return err
	}
	i.events.Emit(ctx, grant)
	return nil
}

// create uses the mutation that returns a link where there can be one.
func (i *Issuer) create(ctx context.Context, key store.Key) (*matterport.EmbedToken, error) {
	if models := key.List(); len(models) > 1 {
		return i.cfg.Matterport.CreateEmbedToken(ctx, models, i.cfg.ValidFor)
	}
	return i.cfg.Matterport.CreateEmbedLink(ctx, key.Models, i.cfg.ValidFor)
}

// notMinted sorts an error of the call upstream.
func (i *Issuer) notMinted(ctx context.Context, key store.Key, err error) error {
	i.withheld(ctx, slog.LevelWarn, key, reasonNoMint, err)
	sorted := upstream(err)
	if errors.Is(sorted, ErrNotFound) {
		i.gone.note(key.Models)
	}
	var api *matterport.Error
	if errors.As(err, &api) {
		i.quiet.Keep(mutationOf(key), api.RetryAfter)
	}
	if ctx.Err() != nil {
		return unavailable(err) // our own deadline: Matterport took too long
	}
	return sorted
}

// release gives a claim up, also when the flight's own time is over.
func (i *Issuer) release(ctx context.Context, key store.Key, c store.Claim) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := i.store.Release(ctx, key, c); err != nil {
		i.log.LogAttrs(ctx, slog.LevelWarn, "mint claim not released", slog.Any("error", err))
	}
}
