package middleware

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"time"
)

// open returns the session of a cookie, whether or not it is over.
func (o *OIDC) open(value string) (*signIn, error) {
	if len(value) > maxCookie {
		return nil, errUnreadable
	}
	s := new(signIn)
	if o.seals.open(o.cookies.session, value, s) != nil {
		return nil, errUnreadable
	}
	return s, nil
}

// write seals the session into the browser's cookie.
func (o *OIDC) write(w http.ResponseWriter, s *signIn, now time.Time) error {
	sealed, err := o.seals.seal(o.cookies.session, s)
	if err != nil {
		return fmt.Errorf("middleware: sealing the session: %w", err)
	}
	if len(sealed) > maxCookie {
		return errTooManyGroups
	}
	o.cookies.Set(w, o.cookies.session, sealed, s.expires(o.cfg.IdleTimeout, o.cfg.Lifetime).Sub(now))
	return nil
}

// turnAway clears a cookie that names nobody, and returns err. In doubt the cookie stays.
func (o *OIDC) turnAway(w http.ResponseWriter, err error) error {
	var reason nobody
	if errors.As(err, &reason) {
		o.cookies.Clear(w, o.cookies.session)
	}
	return err
}

// extendAt is when the cookie is next written anew because it is in use.
func (o *OIDC) extendAt(s *signIn) int64 {
	return time.Unix(s.seen, 0).Add(o.cfg.IdleTimeout / 4).Unix()
}

// rereadAt is until when the cookie need not be opened again.
func (o *OIDC) rereadAt(s *signIn) time.Time {
	t := earlier(s.expires(o.cfg.IdleTimeout, o.cfg.Lifetime), time.Unix(o.extendAt(s), 0))
	if s.renewAt != 0 {
		t = earlier(t, time.Unix(s.renewAt, 0))
	}
	return t
}

// standing returns nil unless a session that was issued at that time has been ended under one of the
// keys, or that cannot be told.
func (o *OIDC) standing(ctx context.Context, p oidcProof) error {
	ends, err := o.cfg.Store.Get(ctx, p.keys...)
	if err != nil {
		return fmt.Errorf("middleware: the store does not say which sessions have ended: %w", err)
	}
	for _, end := range ends {
		if end != nil && (len(end) != 8 || p.issued <= int64(binary.BigEndian.Uint64(end))) { //nolint:gosec // as end writes it
			return errEnded
		}
	}
	return nil
}

// forever is an end that every session under the key is before.
var forever = time.Unix(math.MaxInt64, 0)

// end puts on record that sessions under the key that were issued until then have ended.
func (o *OIDC) end(ctx context.Context, key string, issuedUntil time.Time) error {
	value := binary.BigEndian.AppendUint64(nil, uint64(issuedUntil.Unix())) //nolint:gosec // read back as it was
	// By then the cookies are over themselves. An ID token may be issued a little in the future.
	if err := o.cfg.Store.Set(ctx, key, value, o.cfg.Lifetime+2*o.cfg.Skew+attemptLife); err != nil {
		return fmt.Errorf("middleware: the store does not keep that a session has ended: %w", err)
	}
	return nil
}

// endSession ends one session: its cookies, copies included, and what is kept of it.
func (o *OIDC) endSession(ctx context.Context, s *signIn) error {
	if err := o.end(ctx, o.storeKeys.session(s.session()), forever); err != nil {
		return err
	}
	if err := o.cfg.Store.Delete(ctx, o.storeKeys.tokens(s.session())); err != nil {
		o.cfg.Logger.WarnContext(ctx, "tokens of an ended session remain in the store", slog.Any("error", err))
	}
	return nil
}

// EndSessions ends every session of the user that was issued until now, in all browsers, and calls what
// [OIDC.OnSignOut] was given. Call it when somebody is locked out. The user may log in again, once the
// time of Skew has passed, unless the provider forbids it.
//
// An error says that the sessions may go on: the Store has not kept that they have ended.
func (o *OIDC) EndSessions(ctx context.Context, userID string) error {
	if err := o.end(ctx, o.storeKeys.user(userID), o.cfg.Now().Add(o.cfg.Skew)); err != nil {
		return err
	}
	o.Invalidate(userID)
	o.tellSignOut(ctx, userID, "")
	return nil
}

// signOutTime is how long what is told of a sign-out may take.
const signOutTime = 15 * time.Second

// tellSignOut calls what OnSignOut was given. A browser that leaves meanwhile does not cut it short.
func (o *OIDC) tellSignOut(ctx context.Context, userID, session string) {
	o.mu.Lock()
	told := o.onSignOut
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signOutTime)
	defer cancel()
	for _, f := range told {
		f(ctx, userID, session)
	}
}

// storeKeys makes the keys of the store. No two kinds meet, nor two providers.
type storeKeys struct{ prefix string }

func (k storeKeys) session(session string) string  { return k.prefix + "ended/session/" + session }
func (k storeKeys) sid(sid string) string          { return k.prefix + "ended/sid/" + sid }
func (k storeKeys) user(userID string) string      { return k.prefix + "ended/user/" + userID }
func (k storeKeys) owner(sid string) string        { return k.prefix + "owner/" + sid }
func (k storeKeys) attempt(state string) string    { return k.prefix + "login/" + state }
func (k storeKeys) logoutToken(jti string) string  { return k.prefix + "jti/" + jti }
func (k storeKeys) tokens(session string) string   { return k.prefix + "tokens/" + session }
func (k storeKeys) renewing(session string) string { return k.prefix + "renewing/" + session }

// endings are the keys under which s may have been ended.
func (k storeKeys) endings(s *signIn, issuer string) []string {
	keys := []string{k.session(s.session()), k.user(subjectID(issuer, s.subject))}
	if s.sid != "" {
		keys = append(keys, k.sid(s.sid))
	}
	return keys
}
