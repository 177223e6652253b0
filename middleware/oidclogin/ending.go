package oidclogin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/provider"
)

// everySession is an end that no session was issued after.
var everySession = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// proofOf returns what s depends on.
func (s *sessions) proofOf(in *signIn) proof {
	return proof{names: s.names.ends(in, s.cfg.Issuer), issued: in.issued}
}

// checkEnded fails if the session has been ended under one of its names, or if the store cannot tell.
func (s *sessions) checkEnded(ctx context.Context, p proof) error {
	ends, err := s.cfg.Store.Ended(ctx, p.names...)
	switch {
	case err != nil:
		return fmt.Errorf("oidclogin: the store does not say which sessions have ended: %w", err)
	case ends != nil && len(ends) != len(p.names):
		return fmt.Errorf("oidclogin: the store returns %d ends for %d names", len(ends), len(p.names))
	}
	for _, end := range ends {
		if !end.IsZero() && p.issued <= end.Unix() {
			return errEnded
		}
	}
	return nil
}

// end stores that sessions under the name that were issued at until or before have ended.
func (s *sessions) end(ctx context.Context, name string, until time.Time) error {
	// By then the cookies have expired. An ID token may be issued a little in the future.
	ttl := s.cfg.Lifetime + 2*s.cfg.Leeway + attemptLife
	if err := s.cfg.Store.End(ctx, name, until.Truncate(time.Second), ttl); err != nil {
		return fmt.Errorf("oidclogin: the store does not save that a session has ended: %w", err)
	}
	return nil
}

// endSession ends one session: its cookies, copies included, and its tokens.
func (s *sessions) endSession(ctx context.Context, in *signIn) error {
	if err := s.end(ctx, s.names.session(in.session()), everySession); err != nil {
		return err
	}
	if err := s.deleteTokens(ctx, in.session()); err != nil {
		s.cfg.Logger.WarnContext(ctx, "tokens of an ended session remain in the store", slog.Any("error", err))
	}
	return nil
}

// endAll ends every session of the user that was issued until now.
func (s *sessions) endAll(ctx context.Context, userID string) error {
	if err := s.end(ctx, s.names.user(userID), s.cfg.Now().Add(s.cfg.Leeway)); err != nil {
		return err
	}
	s.Invalidate(userID)
	s.tellSignOut(ctx, userID, "", "ended")
	return nil
}

// OnSignOut implements [middleware.SignOutNotifier].
func (s *sessions) OnSignOut(f func(ctx context.Context, userID, session string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onSignOut = append(s.onSignOut, f)
}

// signOutTime is how long the functions of OnSignOut may take together.
const signOutTime = 15 * time.Second

// tellSignOut emits the event of a sign-out, and calls the functions of OnSignOut. A browser that leaves in
// the meantime does not stop them.
func (s *sessions) tellSignOut(ctx context.Context, userID, session, reason string) {
	s.cfg.Events.Emit(ctx, event.Event{
		Kind: event.SignedOut, Level: slog.LevelInfo, User: userID, Session: session, Reason: reason,
	})
	s.mu.Lock()
	told := s.onSignOut
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signOutTime)
	defer cancel()
	for _, f := range told {
		f(ctx, userID, session)
	}
}

// names makes the names in the store. No two kinds have a name in common, nor have two providers.
type names struct{ prefix string }

func (n names) session(session string) string  { return n.prefix + "ended/session/" + session }
func (n names) sid(sid string) string          { return n.prefix + "ended/sid/" + bounded(sid) }
func (n names) user(userID string) string      { return n.prefix + "ended/user/" + bounded(userID) }
func (n names) owner(sid string) string        { return n.prefix + "owner/" + bounded(sid) }
func (n names) attempt(state string) string    { return n.prefix + "login/" + state }
func (n names) logoutToken(jti string) string  { return n.prefix + "jti/" + bounded(jti) }
func (n names) tokens(session string) string   { return n.prefix + "tokens/" + session }
func (n names) renewing(session string) string { return n.prefix + "renewing/" + session }

// ends returns the names under which a session may have been ended.
func (n names) ends(in *signIn, issuer string) []string {
	list := []string{n.session(in.session()), n.user(provider.UserID(issuer, in.subject))}
	if in.sid != "" {
		list = append(list, n.sid(in.sid))
	}
	return list
}

// bounded returns an identifier of the provider's if a store can have it in a name, and its hash if it is
// too long or has other characters than printable ASCII.
func bounded(id string) string {
	if len(id) <= 255 && !strings.ContainsFunc(id, func(c rune) bool { return c < ' ' || c > '~' }) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "~" + base64.RawURLEncoding.EncodeToString(sum[:])
}
