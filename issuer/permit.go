package issuer

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer/store"
)

// A permit is what the policy allows: a key, until a time.
type permit struct {
	key   store.Key
	until time.Time // on Matterport's clock; zero if there is no end
}

// tail is how long before its end a grant gets no new token, in addition to RefreshBefore: a token for the rest of the grant could be
// used for a few seconds only.
const tail = showcase.Lead + 5*time.Second

// thePolicy is how the log names the policy if it panics.
const thePolicy = "the policy"

// authorize is the only way to a permit, and so to a token.
func (i *Issuer) authorize(ctx context.Context, u *identity.User, models []string) (permit, error) {
	if !u.SignedIn() {
		return permit{}, ErrNotSignedIn
	}
	key, err := KeyOf(u, models, i.cfg.MaxModels)
	if err != nil {
		return permit{}, err
	}
	p := permit{key: key}
	for _, model := range models {
		if !i.cfg.Views && !modelid.Valid(model) {
			return permit{}, invalid(strconv.Quote(model) + " is the ID of a view, and Config.Views is not set")
		}
		allowed, until, err := i.ask(ctx, u, model)
		i.policy.Note(ctx, err, healthPolicy)
		if err != nil {
			return permit{}, i.failed(ctx, key, reasonPolicy, err)
		}
		if !allowed {
			return permit{}, i.denied(ctx, u, model)
		}
		if p.until.IsZero() || !until.IsZero() && until.Before(p.until) {
			p.until = until
		}
	}
	i.calendar.Note(p.until)
	return p, nil
}

// ask asks the policy, by Matterport's clock. A panic of the policy is an error, in background work too.
func (i *Issuer) ask(ctx context.Context, u *identity.User, model string) (allowed bool, until time.Time, err error) {
	defer rescue.Into(i.log, thePolicy, &err)
	allowed, until, err = i.askNow(ctx, u, model)
	if err != nil || until.IsZero() && i.nextChange(time.Time{}).IsZero() {
		return allowed, until, err // no date matters
	}
	if _, known := i.cfg.Matterport.ServerTime(); known {
		return allowed, until, nil
	}
	if err := i.learn(ctx); err != nil {
		return false, time.Time{}, err
	}
	return i.askNow(ctx, u, model)
}

// askNow asks the policy. A grant that is over is none.
func (i *Issuer) askNow(ctx context.Context, u *identity.User, model string) (allowed bool, until time.Time, err error) {
	allowed, until, err = access.AllowedAt(ctx, i.cfg.Policy, u, model, i.now)
	if !until.IsZero() && !i.now().Before(until) {
		return false, time.Time{}, err
	}
	return allowed, until, err
}

// remaining returns how much is left of the grant, and false if it has no end.
func (i *Issuer) remaining(p permit) (left time.Duration, ends bool) {
	if p.until.IsZero() {
		return 0, false
	}
	return p.until.Sub(i.now()), true
}

// ending reports whether the grant ends too soon for a new token.
func (i *Issuer) ending(p permit) bool {
	left, ends := i.remaining(p)
	return ends && left <= i.cfg.RefreshBefore+tail
}

// last answers at the end of a grant. It serves the stored token while the SDK can work with it. After that, a tour may still be
// running with that token: its page is told to wait for the end. Others are refused.
func (i *Issuer) last(ctx context.Context, u *identity.User, p permit, held stored) (stored, error) {
	switch left, _ := i.remaining(p); {
	case held.usable():
		i.reused(ctx, p.key)
		return held, nil
	case held.Entry != nil && held.left > 0:
		i.withheld(ctx, slog.LevelInfo, p.key, reasonEnding, i.endsAt(p))
		return stored{}, &Error{Kind: ErrUnavailable, RetryAfter: max(left, time.Second), Err: i.endsAt(p)}
	}
	return stored{}, i.refusedAtTheEnd(ctx, u, p)
}

// endsAt is an ErrEnding that says when, for the log.
func (i *Issuer) endsAt(p permit) error {
	return fmt.Errorf("%w: it ends at %s, and a new token is minted %v before that at the latest",
		ErrEnding, p.until.UTC().Format(time.RFC3339), i.cfg.RefreshBefore+tail)
}

// life is how long a token of the permit is to live that is minted now. It is zero if the grant ends too soon.
func (i *Issuer) life(p permit) time.Duration {
	life := i.validFor()
	left, ends := i.remaining(p)
	switch {
	case !ends:
		return life
	case i.ending(p):
		return 0
	case left <= life:
		return left.Truncate(time.Second)
	case left-life <= i.cfg.RefreshBefore+tail && left/2 > i.cfg.RefreshBefore+tail:
		return (left / 2).Truncate(time.Second) // the next token can be minted before the end is near, and lives until then
	}
	return life
}

// margin is more than what a token that is minted for the rest of a grant can end earlier.
const margin = 5 * time.Second

// keep is how long a token with so much life left is stored. One that ends with its grant is stored a little longer, so that the
// end revokes it: replicas, pages and the log learn of it then.
func (p permit) keep(e *store.Entry, left time.Duration) time.Duration {
	if p.until.IsZero() || e.ValidUntil.Before(p.until.Add(-margin)) {
		return left
	}
	return left + 2*margin
}

// endsBefore reports whether the grant ends earlier than it did when the token was minted for it, and before the token.
func (p permit) endsBefore(minted permit, e *store.Entry) bool {
	earlier := minted.until.IsZero() || p.until.Before(minted.until)
	return !p.until.IsZero() && earlier && e.ValidUntil.After(p.until)
}
