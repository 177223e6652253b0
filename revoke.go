package pme

import (
	"context"
	"errors"

	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/middleware"
)

// RevokeUser ends every session of the user at gates that can do so, revokes every token of the user, and
// ends the tours they are used in. Call it when the user signs out, is locked out, or loses rights. It also
// invalidates what the Authenticator remembers of the user.
//
// Sessions end, copies of their cookies included, if the Authenticator is a [middleware.SessionRevoker]: a gate
// with Revocations, an oidclogin.Login, or a gate of middleware.First of these. Login.EndSessions does the same
// to a login's sessions, and then has its sign-out functions revoke the tokens.
//
// Other sessions go on, and get new tokens. End the user's session yourself then, and do that first. The cookie
// of a sessions.CookieStore cannot be ended that way: whoever has a copy stays signed in until it expires.
//
// The user may sign in again. An error means that sessions may go on, or that the store
// may not have dropped all tokens and some may still be served. Tokens are revoked even if sessions were not.
func (h *Handler) RevokeUser(ctx context.Context, userID string) (issuer.Revocation, error) {
	return h.revoke(ctx, store.Selector{User: userID})
}

// RevokeSession is [Handler.RevokeUser] for one sign-in, if identity.User has a Session.
func (h *Handler) RevokeSession(ctx context.Context, userID, session string) (issuer.Revocation, error) {
	if session == "" {
		return issuer.Revocation{}, issuer.ErrInvalid // an empty session would mean all of the user's tokens
	}
	return h.revoke(ctx, store.Selector{User: userID, Session: session})
}

// revoke ends the sessions first, so that none of them gets a new token.
func (h *Handler) revoke(ctx context.Context, s store.Selector) (issuer.Revocation, error) {
	ended := h.endSessions(ctx, s)
	revocation, err := h.revokeTokens(ctx, s)
	return revocation, errors.Join(ended, err)
}

// revokeTokens revokes what was issued. Connected accounts stay connected, but their pages learn at once if the user is
// signed out.
func (h *Handler) revokeTokens(ctx context.Context, s store.Selector) (issuer.Revocation, error) {
	revocation, err := h.issuer.Revoke(ctx, s)
	if h.connections != nil {
		revocations.TellHere(h.connections, s.User, "") // a fleet tells the other replicas of the revocation itself
	}
	return revocation, err
}

// endSessions has the Authenticator end sessions, and drop what it remembers of the user. If it panics, that is an
// error: the tokens have to be revoked all the same.
func (h *Handler) endSessions(ctx context.Context, s store.Selector) (err error) {
	returned := rescue.Call(h.log, "the Authenticator", func() {
		if a, ok := h.authenticate.(middleware.SessionRevoker); ok {
			err = a.RevokeSessions(ctx, s.User, s.Session)
		}
		if a, ok := h.authenticate.(middleware.Invalidator); ok {
			a.Invalidate(s.User)
		}
	})
	if !returned {
		return errors.New("pme: the Authenticator panicked while it ended sessions: the log says where")
	}
	return err
}

// RevokeAll revokes every token of every user, and ends the tours they are used in. Open pages learn of it at once, and
// the Authenticator drops all that it remembers of users. Call it when a client secret or the host itself may be in other
// hands. All replicas stop serving the tokens before it returns. It waits a little for Matterport: with many tokens, most
// deletions come afterwards, six at a time, and the tours that they end run until then.
//
// It ends no session, and connected accounts stay connected. People stay signed in, and whoever is still allowed gets a new token at once: close the allow-list first to
// prevent that. To sign everybody out as well, change the keys of the session cookies (CookieKeys of an oidclogin.Login, those of the
// Store of a middleware.NewSession) on all replicas, or empty the Store if sessions are on the server. Then call RevokeAll.
func (h *Handler) RevokeAll(ctx context.Context) (issuer.Revocation, error) {
	forgotten := h.forgetAll()
	revocation, err := h.revokeTokens(ctx, store.Selector{All: true})
	return revocation, errors.Join(forgotten, err)
}

// forgetAll has the Authenticator drop all that it remembers of users.
func (h *Handler) forgetAll() error {
	a, ok := h.authenticate.(middleware.Invalidator)
	if ok && !rescue.Call(h.log, "the Authenticator", func() { a.Invalidate("") }) {
		return errors.New("pme: the Authenticator panicked while it dropped what it remembers: the log says where")
	}
	return nil
}

// RevokeModel revokes every token that opens the model, whichever user has it. Call it when a model is
// gone, or may no longer be seen at all.
func (h *Handler) RevokeModel(ctx context.Context, model string) (issuer.Revocation, error) {
	return h.issuer.Revoke(ctx, store.Selector{Model: model})
}
