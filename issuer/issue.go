package issuer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// A Token is a viewing token for a browser. It opens its models in Showcase, and nothing else.
type Token struct {
	AccessToken matterport.Secret
	Link        matterport.Secret // a complete Showcase URL; only for a single model
	ValidUntil  time.Time         // on Matterport's clock
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
	key, err := i.authorize(ctx, u, models)
	if err != nil {
		return stored{}, err
	}
	held, err := i.held(ctx, mark, key)
	if err == nil && i.fresh(held) {
		i.reused(ctx, key)
		return held, nil
	}
	if err == nil {
		held, err = i.renew(ctx, mark, u, key, held)
	}
	if errors.Is(err, errRevokedMeanwhile) {
		i.withheld(ctx, slog.LevelInfo, key, reasonRevoked, errRevokedMeanwhile)
	}
	return held, err
}

// held returns the stored token, if there is one. It fails if the key was revoked since mark.
func (i *Issuer) held(ctx context.Context, mark store.Mark, key store.Key) (stored, error) {
	e, err := i.store.Get(ctx, key, mark)
	switch {
	case errors.Is(err, store.ErrClaimLost):
		return stored{}, revokedMeanwhile()
	case err != nil:
		return stored{}, i.failed(ctx, key, reasonStore, err)
	case e == nil:
		return stored{}, nil
	}
	return i.judge(ctx, e), nil
}

// renew waits for a mint, then checks the policy and the store again: both may have changed during the wait.
func (i *Issuer) renew(ctx context.Context, mark store.Mark, u *identity.User, key store.Key, held stored) (stored, error) {
	mintErr := i.mint(ctx, mark, u, key, held.usable())
	again := ctx
	if isReported(mintErr) { // one event per failure: a second failure now emits none
		again = quietly(ctx)
	}
	if _, err := i.authorize(again, u, key.List()); err != nil {
		return stored{}, err
	}
	if errors.Is(mintErr, ErrNotFound) {
		return stored{}, i.report(ctx, key, mintErr) // the stored token is no longer valid
	}
	held, err := i.held(again, mark, key)
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

// authorize is the only way to a key, and so to a token.
func (i *Issuer) authorize(ctx context.Context, u *identity.User, models []string) (store.Key, error) {
	if !u.SignedIn() {
		return store.Key{}, ErrNotSignedIn
	}
	key, err := KeyOf(u, models, i.cfg.MaxModels)
	if err != nil {
		return store.Key{}, err
	}
	for _, model := range models {
		allowed, err := i.ask(ctx, u, model)
		i.policy.Note(ctx, err, healthPolicy)
		if err != nil {
			return store.Key{}, i.failed(ctx, key, reasonPolicy, err)
		}
		if !allowed {
			return store.Key{}, i.denied(ctx, u, model)
		}
	}
	return key, nil
}

// ask asks the policy. A panic of the policy is an error, in background work too.
func (i *Issuer) ask(ctx context.Context, u *identity.User, model string) (allowed bool, err error) {
	defer rescue.Into(i.log, "the policy", &err)
	return i.cfg.Policy.Allowed(ctx, u, model)
}
