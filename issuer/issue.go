package issuer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// A Token is a viewing token for a browser. It opens its models in Showcase, and nothing else.
type Token struct {
	AccessToken matterport.Secret
	Link        matterport.Secret // a complete Showcase URL; only for a single model
	ValidUntil  time.Time         // on Matterport's clock; not after the end of the grant
	ExpiresIn   int               // whole seconds left when the token was issued; always more than 60
}

// patience is how long a caller waits for a new token if a stored one is still usable.
const patience = 2 * time.Second

var (
	errRevokedMeanwhile = errors.New("the token was revoked while it was being issued")
	errNoTimeLeft       = errors.New("the token has too little time left: check this machine's clock, and that the API answers with its own Date")
)

// Issue returns a token with which u can see all of models. Their order makes no difference.
//
// It asks the policy every time, reuses the stored token while more than RefreshBefore of its life is
// left, and otherwise has one minted, once for all concurrent callers. The mint does not depend on the caller's
// ctx: if that ends, the caller gets ctx's error at once and the others keep waiting. If Matterport fails, a
// stored token that the SDK can still work with is served instead.
//
// If an [Issuer.Revoke] that covers the token began after [Issuer.Begin], or after the call of Issue if ctx
// has no mark, Issue returns [ErrUnavailable] and no token, neither an old one nor a new one. The caller must
// then recognize the user again.
func (i *Issuer) Issue(ctx context.Context, u *identity.User, models ...string) (Token, error) {
	return i.IssueSince(ctx, i.Mark(ctx), u, models...)
}

// IssueSince is like [Issuer.Issue], with the mark as an argument instead of in ctx. The caller takes the mark
// with [Issuer.Mark] before it recognizes the user of the request.
func (i *Issuer) IssueSince(ctx context.Context, mark store.Mark, u *identity.User, models ...string) (Token, error) {
	held, err := i.issue(ctx, mark, u, models)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // the caller has left, so its context's error is the cause
		}
		return Token{}, err
	}
	return held.token(), nil
}

func (i *Issuer) issue(ctx context.Context, mark store.Mark, u *identity.User, models []string) (stored, error) {
	if i.flights.Closed() {
		return stored{}, unavailable(flight.ErrClosed)
	}
	p, err := i.authorize(ctx, u, models)
	if err != nil {
		return stored{}, err
	}
	held, err := i.held(ctx, mark, p)
	switch {
	case err != nil:
	case i.fresh(held):
		i.reused(ctx, p.key)
		return held, nil
	case i.ending(p):
		return i.last(ctx, u, p, held)
	default:
		held, err = i.renew(ctx, mark, u, p, held)
	}
	if errors.Is(err, errRevokedMeanwhile) {
		i.withheld(ctx, slog.LevelInfo, p.key, reasonRevoked, errRevokedMeanwhile)
	}
	return held, err
}

// held returns the stored token, if there is one. It fails if the key was revoked since mark.
func (i *Issuer) held(ctx context.Context, mark store.Mark, p permit) (stored, error) {
	e, err := i.store.Get(ctx, p.key, mark)
	switch {
	case errors.Is(err, store.ErrClaimLost):
		return stored{}, revokedMeanwhile()
	case err != nil:
		return stored{}, i.failed(ctx, p.key, reasonStore, err)
	case e == nil:
		return stored{}, nil
	}
	return i.judge(ctx, e, p), nil
}

// renew waits for a mint, then checks the policy and the store again: both may have changed during the wait.
func (i *Issuer) renew(ctx context.Context, mark store.Mark, u *identity.User, p permit, held stored) (stored, error) {
	key := p.key
	mintErr := i.mint(ctx, mark, u, p, held.usable())
	again := ctx
	if isReported(mintErr) { // one event per failure: a second failure now emits none
		again = quietly(ctx)
	}
	p, err := i.authorize(again, u, key.List())
	if err != nil {
		return stored{}, err
	}
	if errors.Is(mintErr, ErrNotFound) {
		return stored{}, i.report(ctx, key, mintErr) // the stored token is no longer valid
	}
	held, err = i.held(again, mark, p)
	switch {
	case err != nil:
		return stored{}, err
	case held.usable():
		if mintErr != nil {
			i.reusedInTrouble(ctx, key, held, mintErr)
		}
		return held, nil
	case mintErr != nil:
		return stored{}, i.report(ctx, key, mintErr)
	case held.Entry == nil:
		return stored{}, revokedMeanwhile()
	}
	return stored{}, &Error{Kind: ErrUpstream, Err: errNoTimeLeft}
}

// Authorize reports whether u may see all of models, without issuing anything: nil, or the error that
// Issue would begin with.
func (i *Issuer) Authorize(ctx context.Context, u *identity.User, models ...string) error {
	_, err := i.authorize(ctx, u, models)
	return err
}
