package issuer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// maxRevoking bounds the concurrent revocations of a Recheck. Each can wait a little for Matterport.
const maxRevoking = 64

// A Revocation is the result of [Issuer.Revoke].
type Revocation struct {
	// Tokens is the number of live tokens that were revoked. No replica serves them any longer.
	Tokens int

	// Pending is how many of them Matterport has not yet confirmed as deleted. The issuer retries each
	// deletion until Matterport confirms it or the token expires.
	Pending int
}

// Revoke revokes every token that s matches and invalidates mints in progress for it. First all replicas
// stop serving the tokens, then they are deleted at Matterport, which ends the tours that use them. Revoke
// waits a little for Matterport, at most for ctx, and not for retries. If s matches thousands of tokens, their deletions go on
// for minutes in the background, and leave room for those of other revocations.
//
// An error means that the store has failed, and that the tokens may still be served. If it is a [store.ErrPending], they are served
// by other replicas only, until the store answers again.
//
// Revoking does not forbid: a user who is still signed in and allowed gets a new token.
func (i *Issuer) Revoke(ctx context.Context, s store.Selector) (Revocation, error) {
	return i.revoke(ctx, s, ground{reason: kindOf(s)})
}

// A ground is why tokens are revoked, unless the cause in the context says more.
type ground struct {
	reason string
	policy string // the version that decided, if one did
}

// revokeByPolicy revokes a token that the policy no longer allows. Its event has the version of the policy that decided.
func (i *Issuer) revokeByPolicy(ctx context.Context, e *store.Entry) error {
	why := ground{reason: reasonRule}
	rescue.Call(i.log, thePolicy, func() { why.policy = access.VersionOf(i.cfg.Policy) })
	_, err := i.revoke(ctx, store.Selector{User: e.Key.User, Token: e.Token}, why)
	return err
}

// revoke is Revoke, on a ground.
func (i *Issuer) revoke(ctx context.Context, s store.Selector, why ground) (Revocation, error) {
	if !s.Valid() {
		return Revocation{}, fmt.Errorf("%w: say whose tokens, or which, are to be revoked; a session goes with its user, and All alone", ErrInvalid)
	}
	if i.flights.Closed() {
		return Revocation{}, unavailable(flight.ErrClosed)
	}
	evicted, err := i.store.Evict(ctx, s)
	revocations.Tell(&i.counter, s.User, s.Model) // also if the store has failed, as sessions may have ended
	if err != nil {
		i.deleteAll(ctx, evicted)
		i.notRevoked(ctx, s, err)
		if errors.Is(err, store.ErrPending) {
			i.revoked(ctx, s, why, evicted, Revocation{Tokens: len(evicted)}, true)
		}
		return Revocation{}, unavailable(err)
	}
	if len(evicted) > 0 {
		revocations.Add(&i.counter, s.User)
	}
	out := Revocation{Tokens: len(evicted), Pending: len(evicted) - i.deleteAll(ctx, evicted)}
	i.revoked(ctx, s, why, evicted, out, false)
	return out, nil
}

func (i *Issuer) notRevoked(ctx context.Context, s store.Selector, err error) {
	attrs := []slog.Attr{slog.String("user", s.User), slog.String("model", s.Model), slog.Bool("all", s.All), slog.Any("error", err)}
	if errors.Is(err, store.ErrPending) {
		i.log.LogAttrs(ctx, slog.LevelWarn, "revocation pending", attrs...)
		return
	}
	i.log.LogAttrs(ctx, slog.LevelError, "revocation failed", attrs...)
}

// Recheck asks the policy again about every live token, for the user it was minted for, and revokes the
// tokens that are no longer allowed. If the policy is an [access.Watcher], Recheck runs after each change.
// An error of the policy revokes nothing: every later request asks the policy again anyway. Pages that watch their
// access learn of the change at once. Call it after a change of a policy of your own that is no Watcher.
// The events of its revocations have the reason of ctx, or "rule", and the version of the policy: see [event.WithCause].
func (i *Issuer) Recheck(ctx context.Context) error {
	revocations.Changed(&i.counter)
	var errs []error
	var revoking errgroup.Group
	revoking.SetLimit(maxRevoking)
	for e, err := range i.store.Entries(ctx) {
		if err != nil {
			errs = append(errs, i.failed(ctx, store.Key{}, reasonStore, err))
			break
		}
		if _, err := i.authorize(ctx, e.User, e.Key.List()); errors.Is(err, ErrDenied) {
			revoking.Go(func() (err error) {
				defer rescue.Into(i.log, theStore, &err)
				return i.revokeByPolicy(ctx, e)
			})
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, revoking.Wait())...)
}

// deleteAll deletes entries at Matterport and returns how many were deleted. It returns after one attempt for
// each, or when patience or ctx ends; attempts continue in the background.
func (i *Issuer) deleteAll(ctx context.Context, entries []*store.Entry) (deleted int) {
	if len(entries) == 0 {
		return 0
	}
	first := make(chan bool, len(entries))
	i.deletions.Start(entries, func(done bool) { first <- done })
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

// discard deletes tokens that will not be used: one that was minted, or those of another replica.
func (i *Issuer) discard(entries ...*store.Entry) { i.deletions.Start(entries, func(bool) {}) }

// withdraw deletes a minted token of which it is not known whether it was stored. It is evicted first, so that it is not
// served after its deletion. If the store is down, that comes later.
func (i *Issuer) withdraw(ctx context.Context, e *store.Entry) {
	err := i.evict(ctx, e)
	if !i.flights.Go(func(ctx context.Context) {
		i.deletions.Delete(ctx, e)
		expired := time.After(i.mostLeft(e))
		defer i.deleted(ctx, e) // again, as it may be evicted only now
		for err != nil {
			select {
			case <-time.After(time.Second):
				if ctx.Err() == nil {
					err = i.evict(ctx, e)
				}
			case <-expired:
				return
			case <-ctx.Done():
				return
			}
		}
	}) {
		i.deletions.Abandoned(e)
	}
}

func (i *Issuer) evict(ctx context.Context, e *store.Entry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_, err := i.store.Evict(ctx, store.Selector{User: e.Key.User, Token: e.Token})
	if errors.Is(err, store.ErrPending) {
		return nil // the store does the rest
	}
	return err //nolint:wrapcheck // only whether there is one counts
}

// deleteOnce tries to delete a token at Matterport.
func (i *Issuer) deleteOnce(ctx context.Context, token matterport.Secret) (err error) {
	defer rescue.Into(i.log, "a deletion", &err)
	ctx, cancel := context.WithTimeout(ctx, i.cfg.MintTimeout)
	defer cancel()
	err = i.cfg.Matterport.DeleteEmbedToken(ctx, token)
	if errors.Is(err, matterport.ErrNotFound) {
		return nil // expired, or deleted outside this issuer
	}
	return err
}
