package issuer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/issuer/store"
)

// The reasons in the issuer's events, besides those of package access.
const (
	reasonCached  = "cached"       // reused: enough of its life is left
	reasonTrouble = "trouble"      // reused: no new token could be had
	reasonStore   = "store"        // withheld: the store failed
	reasonPolicy  = "policy"       // withheld: the policy failed
	reasonLimit   = "limit"        // withheld: the user asks for too much
	reasonNoMint  = "matterport"   // withheld: Matterport refused, or did not answer
	reasonRecord  = "not_recorded" // withheld: the recorder failed
	reasonRevoked = "revoked"      // withheld: revoked while it was minted
	reasonOwn     = "own"          // revoked: by the user, at package handler
	reasonRule    = "rule"         // revoked: the policy no longer allows it
	reasonAll     = "everything"   // revoked: the tokens of all users
	reasonEnding  = "ending"       // denied or withheld: the grant ends too soon for a new token
)

// about returns an event about the tokens of key.
func about(kind event.Kind, level slog.Level, key store.Key, reason string) event.Event {
	e := event.Event{Kind: kind, Level: level, User: key.User, Session: key.Session, Reason: reason}
	if key.Models != "" {
		e.Models = key.List()
	}
	return e
}

// reused emits the event of a cached token. It runs for nearly every request, so it builds no event that has
// no listener.
func (i *Issuer) reused(ctx context.Context, key store.Key) {
	if i.events.Wants(ctx, slog.LevelDebug) {
		i.events.Emit(ctx, about(event.TokenReused, slog.LevelDebug, key, reasonCached))
		return
	}
	i.cached.Add(1)
}

// reusedInTrouble emits the event of a cached token that was served because minting a new one failed with err.
func (i *Issuer) reusedInTrouble(ctx context.Context, key store.Key, held stored, err error) {
	if errors.Is(err, ErrRateLimited) && i.limited.Note(key.User) == 0 {
		i.events.Counter(event.TokenReused, reasonTrouble).Add(1)
		return
	}
	e := about(event.TokenReused, slog.LevelWarn, key, reasonTrouble)
	e.Detail, e.Count = err.Error(), seconds(held.left)
	i.events.Emit(ctx, e)
}

// granted returns the event of a token that was minted for u, with the policy's reason for each model.
func (i *Issuer) granted(ctx context.Context, kind event.Kind, u *identity.User, e *store.Entry, p permit) event.Event {
	grant := about(kind, slog.LevelInfo, e.Key, "")
	if left, known := i.left(e); known {
		grant.Until = i.clock().Add(left) // on the clock of the event, not on Matterport's
	}
	var grounds []string
	for _, model := range grant.Models {
		why := i.explain(ctx, u, model)
		grant.Reason, grant.Policy = why.Reason, why.Hash
		grounds = append(grounds, why.Text)
	}
	grant.Detail = strings.Join(slices.Compact(grounds), "; ")
	if end := "until " + p.until.UTC().Format(time.RFC3339); !p.until.IsZero() && !strings.Contains(grant.Detail, end) {
		grant.Detail = strings.TrimPrefix(grant.Detail+", "+end, ", ")
	}
	return grant
}

// policyChanged returns what emits the event that the policy has changed: another version is in force, or its selectors
// stand for other spaces.
func (i *Issuer) policyChanged() func() {
	before := access.VersionOf(i.cfg.Policy) // a policy tells of one change at a time
	return func() {
		e := event.Event{Kind: event.PolicyChanged, Level: slog.LevelInfo, Policy: access.VersionOf(i.cfg.Policy), Reason: "rules"}
		if e.Policy != "" && e.Policy == before {
			e.Reason = "selectors"
		}
		before = e.Policy
		i.events.Emit(context.Background(), e)
	}
}

// foreign emits the event of a signed-in user's request that seems to come from a page of another site.
func (i *Issuer) foreign(ctx context.Context, user, detail string) {
	i.events.Emit(ctx, event.Event{
		Kind: event.RequestRefused, Level: slog.LevelWarn, User: user, Reason: sameorigin.Reason, Detail: detail,
	})
}

// revoked emits the event of a revocation.
func (i *Issuer) revoked(ctx context.Context, s store.Selector, why ground, gone []*store.Entry, out Revocation, pending bool) {
	e := event.Event{Kind: event.TokensRevoked, Level: slog.LevelInfo, User: s.User, Session: s.Session, Policy: why.policy, Count: out.Tokens}
	cause := event.CauseOf(ctx)
	e.By, e.Reason = cause.By, cmp.Or(cause.Reason, why.reason)
	switch {
	case s.Model != "":
		e.Models = []string{s.Model}
	case s.Token != "" && len(gone) == 0:
		return // it was gone already
	case s.Token != "":
		e.Session, e.Models, e.Exact = gone[0].Key.Session, gone[0].Key.List(), true
	}
	if len(gone) == 0 && e.Reason == reasonOwn {
		e.Level = slog.LevelDebug // anyone who is signed in can cause any number of them
	}
	if out.Tokens > 0 {
		e.Detail = fmt.Sprintf("%d of %d deleted at Matterport", out.Tokens-out.Pending, out.Tokens)
	}
	if pending {
		e.Level, e.Detail = slog.LevelWarn, "other replicas learn of it when the store that they share answers again"
	}
	i.events.Emit(ctx, e)
}

// kindOf says what a selector selects by.
func kindOf(s store.Selector) string {
	switch {
	case s.All:
		return reasonAll
	case s.Token != "":
		return "token"
	case s.Model != "":
		return "model"
	case s.Session != "":
		return "session"
	}
	return "user"
}

// denied emits the event that the policy does not allow u the model, with the reason, and returns ErrDenied.
func (i *Issuer) denied(ctx context.Context, u *identity.User, model string) error {
	if !isQuiet(ctx) {
		why := i.explain(ctx, u, model)
		i.events.Emit(ctx, event.Event{
			Kind: event.TokenDenied, Level: slog.LevelInfo, User: u.ID, Session: u.Session, Models: []string{model},
			Reason: why.Reason, Detail: refusal(why), Policy: why.Hash, Groups: u.Groups,
		})
	}
	return ErrDenied
}

// refusedAtTheEnd emits the event that the grant ends too soon for a token, and returns ErrDenied.
func (i *Issuer) refusedAtTheEnd(ctx context.Context, u *identity.User, p permit) error {
	if !isQuiet(ctx) {
		e := about(event.TokenDenied, slog.LevelInfo, p.key, reasonEnding)
		e.Detail, e.Groups = i.endsAt(p).Error(), u.Groups
		i.events.Emit(ctx, e)
	}
	return ErrDenied
}

// explain asks the policy for its reason, if it is an Explainer. It decides nothing: if the policy fails or
// panics, only the explanation is lost.
func (i *Issuer) explain(ctx context.Context, u *identity.User, model string) (why access.Explanation) {
	if _, ok := i.cfg.Policy.(access.Explainer); !ok {
		return access.Explanation{Reason: reasonPolicy}
	}
	defer func() {
		if recover() != nil {
			i.log.LogAttrs(ctx, slog.LevelError, "decision not explained: the policy panicked")
			why = access.Explanation{Reason: reasonPolicy}
		}
	}()
	why, err := access.Explain(access.WithTime(ctx, i.now()), i.cfg.Policy, u, model)
	if err != nil { // why would speak of a refusal, whatever was decided
		i.log.LogAttrs(ctx, slog.LevelWarn, "decision not explained", slog.Any("error", err))
		return access.Explanation{Reason: reasonPolicy}
	}
	return why
}

// notGiven emits the event that a grant which is recorded was not made, because of err. It corrects the record, so it is
// emitted whoever reports the failure besides.
func (i *Issuer) notGiven(ctx context.Context, level slog.Level, grant event.Event, reason string, err error) {
	e := about(event.TokenWithheld, level, store.Key{User: grant.User, Session: grant.Session}, reason)
	e.Models, e.Corrects, e.Detail = grant.Models, grant.ID, err.Error()
	i.events.Emit(ctx, e)
}

// withheld emits the event that the user gets no token because of err. A user who is over a limit goes on to ask: there is one
// event at first and one a minute, which counts the others.
func (i *Issuer) withheld(ctx context.Context, level slog.Level, key store.Key, reason string, err error) {
	if isQuiet(ctx) {
		return
	}
	e := about(event.TokenWithheld, level, key, reason)
	e.Detail = err.Error()
	if reason == reasonLimit {
		if e.Count = i.limited.Note(key.User); e.Count == 0 {
			i.events.Counter(event.TokenWithheld, reasonLimit).Add(1)
			return
		}
	}
	i.events.Emit(ctx, e)
}

// failed emits the event that the store or the policy failed. No token is issued then.
func (i *Issuer) failed(ctx context.Context, key store.Key, part string, err error) error {
	i.withheld(ctx, slog.LevelError, key, part, err)
	return unavailable(err)
}
