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

// maxFlights bounds how often a caller that began after a revocation retries because the revocation
// invalidated the mint it had joined.
const maxFlights = 3

// mint waits until a token for key has been minted and stored, by a new flight or by one in progress. The
// flight continues if the caller leaves. A caller with a usable token leaves after patience.
func (i *Issuer) mint(ctx context.Context, mark store.Mark, u *identity.User, p permit, usable bool) (err error) {
	for range maxFlights {
		if err = i.join(ctx, mark, u, p, usable); !errors.Is(err, errRevokedMeanwhile) {
			break
		}
		// The flight may have begun before the revocation. Retry only if this caller began after it.
		if _, err := i.held(ctx, mark, p); err != nil {
			return err
		}
	}
	return err
}

// join waits for the flight in progress for key, or starts one.
func (i *Issuer) join(ctx context.Context, mark store.Mark, u *identity.User, p permit, usable bool) error {
	p.key = cloned(p.key)
	from := i.events.Request(ctx) // read it now: the flight may outlast the request
	result := i.flights.Do(p.key.String(), i.waitTime()+i.cfg.MintTimeout, func(ctx context.Context) error {
		ctx = event.WithRequest(ctx, from)
		if !usable {
			return i.fly(ctx, mark, u, p)
		}
		if err := i.fly(quietly(ctx), mark, u, p); err != nil {
			return unreported{err} // most waiting callers get the stored token and report that
		}
		return nil
	})
	var enough time.Duration
	if usable {
		enough = patience
	}
	done, err := flight.Wait(ctx, result, enough)
	switch {
	case done:
		return i.flightError(ctx, p.key, err)
	case err != nil:
		return err
	}
	return unreported{unavailable(errors.New("Matterport does not answer in time"))}
}

// flightError turns an error of the flight itself, such as a panic, into an [Error].
func (i *Issuer) flightError(ctx context.Context, key store.Key, err error) error {
	var ours *Error
	if err == nil || errors.As(err, &ours) || errors.Is(err, ErrDenied) { // fly made the error
		return err
	}
	i.withheld(ctx, slog.LevelError, key, reasonNoMint, err)
	return unavailable(err)
}

// fly mints one token, with its own deadlines instead of that of the first caller: one to wait for a claim, and one to mint.
func (i *Issuer) fly(ctx context.Context, mark store.Mark, u *identity.User, p permit) error {
	if err := i.mayCall(ctx, p.key); err != nil {
		return err
	}
	claim, kind, err := i.claim(ctx, mark, p)
	if err != nil || claim == "" {
		return err
	}
	kept := false
	defer func() { // also when minting panics
		if !kept {
			i.release(ctx, p.key, claim)
		}
	}()
	minting, cancel := context.WithTimeout(ctx, i.cfg.MintTimeout)
	defer cancel()
	err = i.mintAndKeep(minting, kind, u, p, claim)
	kept = err == nil
	return err
}

// mayCall fails if no call to Matterport may be made now, so that the store is not asked for a claim in vain.
// Otherwise it takes one call from the user's rate limit.
func (i *Issuer) mayCall(ctx context.Context, key store.Key) error {
	if i.gone.recently(key.Models) {
		i.withheld(ctx, slog.LevelInfo, key, reasonNoMint, ErrNotFound)
		return &Error{Kind: ErrNotFound}
	}
	if wait := i.quiet.Left(mutationOf(key)); wait > 0 {
		i.withheld(ctx, slog.LevelWarn, key, reasonNoMint, errQuiet)
		return &Error{Kind: ErrUnavailable, RetryAfter: wait, Err: errQuiet}
	}
	if err := i.spend(ctx, key.User); err != nil {
		i.withheld(ctx, slog.LevelWarn, key, reasonLimit, err)
		return err
	}
	return nil
}

// claim gets the right to mint for key, or waits for the replica that has it, and says whether that is a grant or a
// renewal. It returns no claim if a token is already stored, by another replica or by a flight that has just finished.
// If the key is revoked, it fails.
func (i *Issuer) claim(ctx context.Context, mark store.Mark, p permit) (store.Claim, event.Kind, error) {
	key := p.key
	ctx, cancel := context.WithTimeout(ctx, i.waitTime())
	defer cancel()
	put, leave := i.await(key)
	defer func() { leave() }()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		claim, err := i.store.Claim(ctx, key, mark, i.claimTime())
		if err != nil && !errors.Is(err, store.ErrClaimed) {
			return "", "", i.refused(ctx, key, err)
		}
		// Check after claiming: an earlier mint stores its token before it releases its claim.
		held, err := i.held(ctx, mark, p)
		fresh := i.fresh(held)
		if claim != "" && err == nil && !fresh {
			return claim, held.kindOfNext(), nil
		}
		if claim != "" {
			i.release(ctx, key, claim)
		}
		if err != nil || fresh {
			return "", "", err
		}
		select {
		case <-put:
			leave()
			put, leave = i.await(key)
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // jitter is no secret
		case <-ctx.Done():
			return "", "", unavailable(fmt.Errorf("waiting for another replica's mint: %w", ctx.Err()))
		}
	}
}

// await returns a channel that is closed when another replica has minted a token of the key, if the store knows that.
func (i *Issuer) await(key store.Key) (put <-chan struct{}, leave func()) {
	if s, ok := i.cfg.Store.(store.Awaiter); ok {
		return s.Await(key)
	}
	return nil, func() {}
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

var errQuiet = errors.New("Matterport asked for a pause that is not over yet")

// mintAndKeep mints one token at Matterport and stores it under the claim. A token that cannot be stored is
// deleted.
func (i *Issuer) mintAndKeep(ctx context.Context, kind event.Kind, u *identity.User, p permit, claim store.Claim) error {
	key, life := p.key, i.life(p)
	if life == 0 {
		return unavailable(i.endsAt(p)) // while the claim was waited for; the next request is told the rest
	}
	minted, err := i.create(ctx, key, life)
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
	grant, recorded, err := i.record(ctx, i.granted(ctx, kind, u, e, p))
	if err != nil {
		i.discard(e)
		return unavailable(err)
	}
	if err := i.keep(ctx, u, p, claim, e, ttl); err != nil {
		if recorded {
			i.notGiven(ctx, slog.LevelInfo, grant, reasonRevoked, err)
		}
		return err
	}
	i.events.Emit(ctx, grant)
	return nil
}

// keep stores a minted token under the claim. If it must not be given, it is deleted.
func (i *Issuer) keep(ctx context.Context, u *identity.User, p permit, claim store.Claim, e *store.Entry, ttl time.Duration) error {
	switch err := i.store.Put(ctx, claim, e, p.keep(e, ttl)); {
	case errors.Is(err, store.ErrClaimLost):
		i.discard(e)
		return revokedMeanwhile()
	case err != nil:
		i.withdraw(ctx, e)
		return i.failed(ctx, e.Key, reasonStore, err)
	}
	// The policy may have changed since it was asked, and Recheck may have run before this token was stored.
	// So ask it again: Recheck finds the stored token after any later change.
	renewed, err := i.authorize(ctx, u, e.Key.List())
	if err == nil && renewed.endsBefore(p, e) {
		err = revokedMeanwhile()
	}
	if err != nil {
		_ = i.revokeByPolicy(ctx, e) // it logs
	}
	return err
}

// record has a grant recorded, if there is a Recorder. A renewal goes on with what is recorded. The time of the event is
// that before the token is stored, so that no revocation of the token is earlier.
func (i *Issuer) record(ctx context.Context, grant event.Event) (_ event.Event, recorded bool, err error) {
	grant.Time = i.clock()
	if grant.Kind != event.TokenGranted || !i.events.Records() {
		return grant, false, nil
	}
	grant, err = i.events.Record(ctx, grant)
	if err != nil { // it may be stored all the same, or later
		i.notGiven(ctx, slog.LevelError, grant, reasonRecord, err)
	}
	return grant, err == nil, err
}

// create uses the mutation that returns a link if there is a single model.
func (i *Issuer) create(ctx context.Context, key store.Key, life time.Duration) (*matterport.EmbedToken, error) {
	if models := key.List(); len(models) > 1 {
		return i.cfg.Matterport.CreateEmbedToken(ctx, models, life)
	}
	return i.cfg.Matterport.CreateEmbedLink(ctx, key.Models, life)
}

// validFor is how long a token lives that is minted now, if its grant has no end.
func (i *Issuer) validFor() time.Duration {
	if s, ok := i.cfg.Store.(store.Limiter); ok {
		if most, now := s.LifeLimit(); now {
			return min(i.cfg.ValidFor, most)
		}
	}
	return i.cfg.ValidFor
}

// notMinted classifies an error of the call to Matterport.
func (i *Issuer) notMinted(ctx context.Context, key store.Key, err error) error {
	i.withheld(ctx, slog.LevelWarn, key, reasonNoMint, err)
	sorted := upstream(err)
	if errors.Is(sorted, ErrNotFound) {
		i.gone.note(key.Models)
	}
	var api *matterport.Error
	if errors.As(err, &api) && api.Status != 0 { // Matterport's wish, and not a pause that our side takes
		i.keepQuiet(mutationOf(key), api.RetryAfter)
	}
	if ctx.Err() != nil {
		return unavailable(err) // our own deadline: Matterport took too long
	}
	return sorted
}

// claimTime is how long a claim lives if it is not released.
func (i *Issuer) claimTime() time.Duration { return i.cfg.MintTimeout + 5*time.Second }

// waitTime is how long a flight waits for a claim: until that of a replica that has died can be replaced, which takes one
// more look.
func (i *Issuer) waitTime() time.Duration { return i.claimTime() + time.Second }

// release releases a claim, even after the flight's deadline. If the store is down, that comes later: until then, no replica
// can mint.
func (i *Issuer) release(ctx context.Context, key store.Key, c store.Claim) {
	err := i.releaseOnce(ctx, key, c)
	if err == nil {
		return
	}
	i.log.LogAttrs(ctx, slog.LevelWarn, "mint claim not released", slog.Any("error", err))
	i.flights.Go(func(ctx context.Context) {
		over := time.After(i.claimTime())
		for err != nil {
			select {
			case <-time.After(500 * time.Millisecond):
				err = i.releaseOnce(ctx, key, c)
			case <-over:
				return
			case <-ctx.Done():
				return
			}
		}
	})
}

func (i *Issuer) releaseOnce(ctx context.Context, key store.Key, c store.Claim) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return i.store.Release(ctx, key, c) //nolint:wrapcheck // it is logged
}
