package middleware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/middleware/internal/revoked"
	"github.com/go-pme/pme/middleware/revocation"
)

const (
	// defaultLifetime is that of the sessions of gorilla/sessions.
	defaultLifetime = 30 * 24 * time.Hour

	// maxAhead is how far the clock of the host that began a session may be ahead of this one.
	maxAhead = 10 * time.Second

	// keptLonger is how much longer than a session a revocation is kept, as clocks and elapsed time differ.
	keptLonger = time.Hour

	revocationsFail = health.Degraded("the store of revocations fails")
)

var (
	errRevoked  = fmt.Errorf("%w: the session has been revoked", ErrNotSignedIn)
	errTooOld   = fmt.Errorf("%w: the session is older than SessionLifetime", ErrNotSignedIn)
	errFuture   = fmt.Errorf("%w: the session began in the future", ErrNotSignedIn)
	errNoUserID = errors.New("middleware: the user whose sessions are to end has no ID")

	errNoRevocations = errors.New("middleware: the gate has no Revocations, so sessions have no position among them")
)

// NewMemoryRevocations returns an empty record of revocations for one process, on the clock of time.Now. Its
// methods never fail. Its content is lost when the process ends: revoked sessions count again then. It runs
// no goroutine.
func NewMemoryRevocations() revocation.Store { return revoked.New(time.Now) }

// revocations refuses users whose session has been revoked. The nil one refuses no user.
type revocations struct {
	store     revocation.Store
	lifetime  time.Duration
	logger    *slog.Logger
	now       func() time.Time
	latest    atomic.Int64 // when the latest session began that was let through, in Unix milliseconds
	condition condition.Condition
}

func newRevocations(store revocation.Store, lifetime time.Duration, logger *slog.Logger) *revocations {
	if store == nil {
		return nil
	}
	return &revocations{
		store: store, lifetime: cmp.Or(lifetime, defaultLifetime), logger: event.LoggerOr(logger), now: time.Now,
	}
}

// names returns the names under which the session of u may have been revoked: to remember, as it allocates.
func (v *revocations) names(u *identity.User) []string {
	switch {
	case v == nil:
		return nil
	case u.Session == "":
		return []string{kindOf(u).user(u.ID)}
	}
	return []string{kindOf(u).session(u.ID, u.Session), kindOf(u).user(u.ID)}
}

// A kind of sessions begins the names of its revocations. They are apart, since a session of one kind has nothing that a
// revocation of the other kind could be compared with.
type kind string

const (
	byTime     kind = "session/"  // compared by SignedInAt
	byPosition kind = "position/" // compared by Position
)

func kindOf(u *identity.User) kind {
	if u.Position != "" {
		return byPosition
	}
	return byTime
}

func (k kind) user(userID string) string { return string(k) + "user/" + revoked.Name(userID) }

// session has a length in its name, so that no other session of another user has the same.
func (k kind) session(userID, session string) string {
	return string(k) + "one/" + revoked.Name(strconv.Itoa(len(session))+":"+session+userID)
}

// name is that of one session, or of all sessions of the user.
func (k kind) name(userID, session string) string {
	if session == "" {
		return k.user(userID)
	}
	return k.session(userID, session)
}

// check fails if the session of u, who has these names, has been revoked, or if that cannot be told.
func (v *revocations) check(ctx context.Context, u *identity.User, names []string) error {
	if v == nil {
		return nil
	}
	return v.refuse(ctx, u, names)
}

func (v *revocations) refuse(ctx context.Context, u *identity.User, names []string) error {
	began, err := v.began(ctx, u)
	if err != nil {
		return err
	}
	is, err := v.store.Revoked(ctx, revocation.Session{Names: names, Position: u.Position, IssuedAt: began})
	v.note(ctx, err)
	switch {
	case err != nil:
		return fmt.Errorf("middleware: the store does not say which sessions have been revoked: %w", err)
	case is:
		return errRevoked
	}
	v.letThrough(began.UnixMilli())
	return nil
}

// began returns when the session of u began, in whole milliseconds, or the zero time if the host does not say.
// It refuses sessions that a revocation might not reach.
func (v *revocations) began(ctx context.Context, u *identity.User) (time.Time, error) {
	if u.SignedInAt.Unix() <= 0 {
		return time.Time{}, nil
	}
	switch now := v.now(); {
	case u.SignedInAt.After(now.Add(maxAhead)):
		v.logger.WarnContext(ctx, "session refused, it began in the future: look at the clocks of the hosts, and at what SignedInAt is set to",
			slog.String("user", u.ID), slog.Time("signed_in_at", u.SignedInAt))
		return time.Time{}, errFuture
	case now.Sub(u.SignedInAt) > v.lifetime:
		return time.Time{}, errTooOld
	}
	return time.UnixMilli(u.SignedInAt.UnixMilli()), nil
}

// letThrough notes when a session began that was let through, in Unix milliseconds.
func (v *revocations) letThrough(began int64) {
	for {
		latest := v.latest.Load()
		if began <= latest || v.latest.CompareAndSwap(latest, began) {
			return
		}
	}
}

// revoke revokes the sessions of the user that have begun, or one of them.
func (v *revocations) revoke(ctx context.Context, userID, session string) error {
	if userID == "" {
		return errNoUserID
	}
	// What was let through has begun, whatever the clock says: it may have been set back, or be behind
	// that of the host which began the session.
	until := time.UnixMilli(max(v.now().UnixMilli(), v.latest.Load()))
	err := errors.Join(
		v.store.Revoke(ctx, byPosition.name(userID, session), v.lifetime+keptLonger),
		v.store.RevokeIssued(ctx, byTime.name(userID, session), until, v.lifetime+keptLonger))
	v.note(ctx, err)
	if err != nil {
		return fmt.Errorf("middleware: the store does not save that sessions have been revoked: %w", err)
	}
	return nil
}

// position returns the present position, for a session that begins now.
func (v *revocations) position(ctx context.Context) (string, error) {
	if v == nil {
		return "", errNoRevocations
	}
	position, err := v.store.Position(ctx)
	v.note(ctx, err)
	if err != nil {
		return "", fmt.Errorf("middleware: the store does not say where a session begins among the revocations: %w", err)
	}
	return position, nil
}

// stores returns the store, if there is one.
func (v *revocations) stores() []revocation.Store {
	if v == nil {
		return nil
	}
	return []revocation.Store{v.store}
}

// note notes how a call of the store went, unless the store says itself how it is.
func (v *revocations) note(ctx context.Context, err error) {
	if !condition.Reports(v.store) {
		v.condition.Note(ctx, err, revocationsFail)
	}
}

// HealthParts implements [health.Reporter].
func (v *revocations) HealthParts() []health.Part {
	if v == nil {
		return nil
	}
	return append(condition.Of(v.store), v.condition.Part("sessions"))
}
