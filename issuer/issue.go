package issuer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// A Token is what a browser may have: it opens its models in Showcase, and nothing else.
type Token struct {
	AccessToken matterport.Secret
	Link        matterport.Secret // a complete Showcase URL; only for a single model
	ValidUntil  time.Time         // on Matterport's clock
	ExpiresIn   int               // whole seconds left when the token was issued; always more than 60
}

// patience is how long a caller who could be served a stored token waits for a fresher one.
const patience = 2 * time.Second

var (
	errRevokedMeanwhile = errors.New("the token was revoked while it was being issued")
	errNoTimeLeft       = errors.New("the token has too little time left: check this machine's clock, and that the API answers with its own Date")
)

// Issue returns a token with which u can see all of models, in whatever order they are named.
//
// It asks the policy every time, reuses the stored token while more than RefreshBefore of its life is
// left, and otherwise has one minted, once for however many callers. The mint runs on its own: a caller
// whose ctx ends leaves at once, with ctx's error, and does not disturb the others. When Matterport is in
// trouble, a stored token that the SDK can still work with is served instead.
//
// If a [Issuer.Revoke] that covers the token has begun since [Issuer.Begin], or since Issue was called if ctx
// has no mark, Issue returns no token, neither an old one nor a new one, but [ErrUnavailable]: the caller has
// to find out anew who asks.
func (i *Issuer) Issue(ctx context.Context, u *identity.User, models ...string) (Token, error) {
	return i.IssueSince(ctx, i.Mark(ctx), u, models...)
}

// IssueSince is [Issuer.Issue] for a request that took its mark by [Issuer.Mark] before it was known who sent
// it, and has it at hand instead of in ctx.
func (i *Issuer) IssueSince(ctx context.Context, mark store.Mark, u *identity.User, models ...string) (Token, error) {
	t, err := i.issue(ctx, mark, u, models)
	if err != nil && ctx.Err() != nil {
		return Token{}, ctx.Err() // the caller has left: that is what went wrong
	}
	return t, err
}

func (i *Issuer) issue(ctx context.Context, mark store.Mark, u *identity.User, models []string) (Token, error) {
	if i.flights.Closed() {
		return Token{}, unavailable(flight.ErrClosed)
	}
	key, err := i.authorize(ctx, u, models)
	if err != nil {
		return Token{}, err
	}
	t, err := i.reuseOrRenew(ctx, mark, u, key)
	if errors.Is(err, errRevokedMeanwhile) {
		i.withheld(ctx, slog.LevelInfo, key, reasonRevoked, errRevokedMeanwhile)
	}
	return t, err
}

func (i *Issuer) reuseOrRenew(ctx context.Context, mark store.Mark, u *identity.User, key store.Key) (Token, error) {
	held, err := i.held(ctx, mark, key)
	if err != nil {
		return Token{}, err
	}
	if held != nil {
		i.learnTime(ctx, key)
		if t := i.token(held); t.ExpiresIn > seconds(i.cfg.RefreshBefore) {
			i.reused(ctx, key)
			return t, nil
		}
	}
	return i.renew(ctx, mark, u, key, held)
}

// held returns the stored entry, nil if there is none. It fails if the key was revoked since mark.
func (i *Issuer) held(ctx context.Context, mark store.Mark, key store.Key) (*store.Entry, error) {
	e, err := i.store.Get(ctx, key, mark)
	switch {
	case errors.Is(err, store.ErrClaimLost):
		return nil, revokedMeanwhile()
	case err != nil:
		return nil, i.failed(ctx, key, reasonStore, err)
	}
	return e, nil
}

// renew waits for a mint, then asks everything again: what was true before the wait may not be now.
func (i *Issuer) renew(ctx context.Context, mark store.Mark, u *identity.User, key store.Key, held *store.Entry) (Token, error) {
	mintErr := i.mint(ctx, mark, u, key, held != nil && i.token(held).usable())
	if _, err := i.authorize(ctx, u, key.List()); err != nil {
		return Token{}, err
	}
	if errors.Is(mintErr, ErrNotFound) {
		return Token{}, mintErr // the stored token opens nothing any more
	}
	held, err := i.held(ctx, mark, key)
	if err != nil {
		return Token{}, err
	}
	switch {
	case held == nil && mintErr == nil:
		return Token{}, revokedMeanwhile()
	case held == nil:
		return Token{}, mintErr
	}
	t := i.token(held)
	switch {
	case !t.usable() && mintErr == nil:
		return Token{}, &Error{Kind: ErrUpstream, Err: errNoTimeLeft}
	case !t.usable():
		return Token{}, mintErr
	case mintErr != nil:
		i.reusedInTrouble(ctx, key, t, mintErr)
	}
	return t, nil
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
		if err != nil {
			return store.Key{}, i.failed(ctx, key, reasonPolicy, err)
		}
		if !allowed {
			return store.Key{}, i.denied(ctx, u, model)
		}
	}
	return key, nil
}

// ask asks the policy. If it panics, that is an error, also in what runs in the background.
func (i *Issuer) ask(ctx context.Context, u *identity.User, model string) (allowed bool, err error) {
	err = safely(i.log, "the policy", func() (err error) {
		allowed, err = i.cfg.Policy.Allowed(ctx, u, model)
		return err
	})
	i.policy.Note(ctx, err, healthPolicy)
	return allowed, err
}

// token says how much e is still worth.
func (i *Issuer) token(e *store.Entry) Token {
	return Token{AccessToken: e.Token, Link: e.Link, ValidUntil: e.ValidUntil, ExpiresIn: seconds(i.left(e))}
}

// usable says that the SDK can work with t: promise 2 of the design rests on this line.
func (t Token) usable() bool { return t.ExpiresIn >= seconds(showcase.LeastLeft) }

func seconds(d time.Duration) int { return int(d / time.Second) }
