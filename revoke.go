package pme

import (
	"context"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/middleware"
)

// RevokeUser revokes every token of the user and ends the tours they are used in. Call it when the user
// signs out, is locked out, or loses rights. It also invalidates what the Authenticator remembers of the
// user. It forbids nothing: end the user's session as well, and do that first.
//
// An error means that the store may not have dropped all tokens, and that some may still be served.
func (h *Handler) RevokeUser(ctx context.Context, userID string) (issuer.Revocation, error) {
	h.invalidate(userID)
	return h.issuer.Revoke(ctx, store.Selector{User: userID})
}

// RevokeSession is [Handler.RevokeUser] for one sign-in, if identity.User has a Session.
func (h *Handler) RevokeSession(ctx context.Context, userID, session string) (issuer.Revocation, error) {
	if session == "" {
		return issuer.Revocation{}, issuer.ErrInvalid // an empty session would mean all of the user's tokens
	}
	h.invalidate(userID)
	return h.issuer.Revoke(ctx, store.Selector{User: userID, Session: session})
}

// RevokeModel revokes every token that opens the model, whichever user has it. Call it when a model is
// gone, or may no longer be seen at all.
func (h *Handler) RevokeModel(ctx context.Context, model string) (issuer.Revocation, error) {
	return h.issuer.Revoke(ctx, store.Selector{Model: model})
}

func (h *Handler) invalidate(userID string) {
	if a, ok := h.authenticate.(middleware.Invalidator); ok {
		a.Invalidate(userID)
	}
}
