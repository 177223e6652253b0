package oidclogin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/middleware/internal/revoked"
	"github.com/go-pme/pme/middleware/revocation"
)

var errNoUserID = errors.New("oidclogin: the user whose sessions are to end has no ID")

// everySession is an end that no session was issued after.
var everySession = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// revocable returns what the store has to know of the session. Its times are the provider's.
func (s *sessions) revocable(in *signIn) revocation.Session {
	return revocation.Session{Names: s.names.ends(in, s.cfg.Issuer), Position: in.position, IssuedAt: time.Unix(in.issued, 0)}
}

// checkEnded fails if the session has been ended under one of its names, or if the store cannot tell.
func (s *sessions) checkEnded(ctx context.Context, session revocation.Session) error {
	switch revoked, err := s.cfg.Store.Revoked(ctx, session); {
	case err != nil:
		return fmt.Errorf("oidclogin: the store does not say which sessions have ended: %w", err)
	case revoked:
		return errEnded
	}
	return nil
}

// position returns the store's position for a session that begins now.
func (s *sessions) position(ctx context.Context) (string, error) {
	position, err := s.cfg.Store.Position(ctx)
	switch {
	case err != nil:
		return "", fmt.Errorf("oidclogin: the store does not say at which position a session begins: %w", err)
	case len(position) > revocation.MaxPosition:
		return "", fmt.Errorf("oidclogin: the store returns a position of %d bytes", len(position))
	}
	return position, nil
}

// keptFor is how long the store keeps that a session has ended. By then the cookies have expired. An ID
// token may be issued a little in the future.
func (s *sessions) keptFor() time.Duration { return s.cfg.Lifetime + 2*s.cfg.Leeway + attemptLife }

// end stores that sessions under the name that the provider issued at until or before have ended. Until is
// on the provider's clock.
func (s *sessions) end(ctx context.Context, name string, until time.Time) error {
	return notSaved(s.cfg.Store.RevokeIssued(ctx, name, until.Truncate(time.Second), s.keptFor()))
}

func notSaved(err error) error {
	if err != nil {
		return fmt.Errorf("oidclogin: the store does not save that a session has ended: %w", err)
	}
	return nil
}

// endSession ends one session: its cookies, copies included, and its tokens.
func (s *sessions) endSession(ctx context.Context, in *signIn) error {
	userID := provider.UserID(s.cfg.Issuer, in.subject)
	if err := s.end(ctx, s.names.session(userID, in.session()), everySession); err != nil {
		return err
	}
	err := s.deleteTokens(ctx, in.session())
	if in.elsewhere {
		err = errors.Join(err, s.deleteGroups(ctx, in.session()))
	}
	if err != nil {
		s.cfg.Logger.WarnContext(ctx, "content of an ended session remains in the store", slog.Any("error", err))
	}
	return nil
}

// endAll ends every session of the user that has begun, and tells of it.
func (s *sessions) endAll(ctx context.Context, userID string) error {
	if err := s.RevokeSessions(ctx, userID, ""); err != nil {
		return err
	}
	s.call(event.WithCause(ctx, event.Cause{Reason: "ended"}), userID, "")
	return nil
}

// RevokeSessions implements [middleware.SessionRevoker]. It compares no clocks: the provider's may differ
// from this one.
func (s *sessions) RevokeSessions(ctx context.Context, userID, session string) error {
	if userID == "" {
		return errNoUserID
	}
	var err error
	if session == "" {
		err = notSaved(s.cfg.Store.Revoke(ctx, s.names.user(userID), s.keptFor()))
	} else {
		err = s.end(ctx, s.names.session(userID, session), everySession)
	}
	if err != nil {
		return err
	}
	s.Invalidate(userID)
	s.emitSignOut(ctx, userID, session, "ended")
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

// tellSignOut emits the event of a sign-out, and calls the functions of OnSignOut.
func (s *sessions) tellSignOut(ctx context.Context, userID, session, reason string) {
	s.emitSignOut(ctx, userID, session, reason)
	s.call(event.WithCause(ctx, event.Cause{Reason: reason}), userID, session)
}

func (s *sessions) emitSignOut(ctx context.Context, userID, session, reason string) {
	s.cfg.Events.Emit(ctx, event.Event{
		Kind: event.SignedOut, Level: slog.LevelInfo, User: userID, Session: session, Reason: reason, By: event.CauseOf(ctx).By,
	})
}

// call calls the functions of OnSignOut. A browser that leaves in the meantime does not stop them.
func (s *sessions) call(ctx context.Context, userID, session string) {
	s.mu.Lock()
	told := s.onSignOut
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signOutTime)
	defer cancel()
	for _, f := range told { // one that panics keeps no other from being called: it may revoke the tokens
		rescue.Call(s.cfg.Logger, "a function of OnSignOut", func() { f(ctx, userID, session) })
	}
}

// names makes the names in the store. No two kinds have a name in common, nor have two providers.
type names struct{ prefix string }

func (n names) sid(sid string) string { return n.prefix + "ended/sid/" + revoked.Name(sid) }

func (n names) user(userID string) string      { return n.prefix + "ended/user/" + revoked.Name(userID) }
func (n names) owner(sid string) string        { return n.prefix + "owner/" + revoked.Name(sid) }
func (n names) attempt(state string) string    { return n.prefix + "login/" + state }
func (n names) logoutToken(jti string) string  { return n.prefix + "jti/" + revoked.Name(jti) }
func (n names) tokens(session string) string   { return n.prefix + "tokens/" + session }
func (n names) groups(session string) string   { return n.prefix + "groups/" + session }
func (n names) renewing(session string) string { return n.prefix + "renewing/" + session }

// session is the name of one session of a user: no session can be ended by another user's ID.
func (n names) session(userID, session string) string {
	return n.prefix + "ended/session/" + revoked.Name(session+"/"+userID)
}

// ends returns the names under which a session may have been ended.
func (n names) ends(in *signIn, issuer string) []string {
	userID := provider.UserID(issuer, in.subject)
	list := []string{n.session(userID, in.session()), n.user(userID)}
	if in.sid != "" {
		list = append(list, n.sid(in.sid))
	}
	return list
}
