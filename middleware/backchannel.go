package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/internal/answer"
)

const (
	maxLogoutBody = 64 << 10

	// logoutTokenAge is how old a logout token may be. Providers make one for each delivery.
	logoutTokenAge = 5 * time.Minute

	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
)

// BackChannelLogout returns the handler that the provider calls when somebody has signed out there:
// POST with a logout_token (OpenID Connect Back-Channel Logout 1.0). Register it at the provider, and let
// it be reached without any login: the signature is what proves the caller.
//
// A token with sid ends that session in that browser; one with sub alone ends every session of the person
// that was issued before it, as does one whose sid is unknown. What [OIDC.OnSignOut] was given is called.
// A token that does not hold, or was used before, gets 400; doubt gets 503, for the provider to try again.
func (o *OIDC) BackChannelLogout() http.Handler {
	return onlyMethod(http.MethodPost, http.HandlerFunc(o.serveBackChannel))
}

// errLogoutToken is the certain answer that a logout token does not hold.
var errLogoutToken = errors.New("middleware: the logout token does not hold")

func (o *OIDC) serveBackChannel(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLogoutBody)
	err := r.ParseForm()
	if raw, ok := soleValue(r.PostForm, "logout_token"); err != nil || !ok {
		err = fmt.Errorf("%w: there is none", errLogoutToken)
	} else {
		err = o.signOutBy(r.Context(), raw)
	}
	switch {
	case err == nil:
		w.Header().Set("Cache-Control", "no-store") // as §2.8 asks for
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, errLogoutToken):
		o.cfg.Logger.WarnContext(r.Context(), "logout token refused", slog.String("error", brief(err)))
		answer.Error(w, http.StatusBadRequest, "invalid_request", "The logout token does not hold.")
	default:
		o.refusal.answer(w, r, err)
	}
}

// signOutBy does what a logout token says.
func (o *OIDC) signOutBy(ctx context.Context, raw string) error {
	p, err := o.discovery.provider(ctx)
	if err != nil {
		return err
	}
	t, err := o.verifyLogout(oidc.ClientContext(ctx, o.client), p, raw)
	if err != nil {
		return err
	}
	owner, err := o.endBy(ctx, t)
	if err != nil {
		return err
	}
	// Only now, so that a delivery which failed half-way can be repeated: ending twice changes nothing.
	first, err := o.cfg.Store.Add(ctx, o.storeKeys.logoutToken(t.TokenID), []byte{1}, logoutTokenAge+2*o.cfg.Skew+time.Minute)
	switch {
	case err != nil:
		return fmt.Errorf("middleware: the store does not say whether a logout token was used before: %w", err)
	case !first:
		return fmt.Errorf("%w: it was used before", errLogoutToken)
	}
	if owner.subject != "" {
		o.tellSignOut(ctx, subjectID(o.cfg.Issuer, owner.subject), owner.session)
	}
	return nil
}

// verifyLogout checks a logout token (§2.6). go-oidc checks signature, issuer, audience, expiry, that
// there is a jti, a sub or a sid, and no nonce, but neither the event's form nor the age.
func (o *OIDC) verifyLogout(ctx context.Context, p *provider, raw string) (*oidc.LogoutToken, error) {
	var t *oidc.LogoutToken
	err := p.verify(errLogoutToken, func(verifier *oidc.IDTokenVerifier) (err error) {
		t, err = verifier.VerifyLogout(ctx, raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := t.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: %s", errLogoutToken, brief(err))
	}
	events, _ := claims["events"].(map[string]any)
	_, isLogout := events[logoutEvent].(map[string]any)
	now := o.cfg.Now()
	switch {
	case !isLogout:
		return nil, fmt.Errorf("%w: events does not say logout", errLogoutToken)
	case t.IssuedAt.Before(now.Add(-logoutTokenAge - o.cfg.Skew)), t.IssuedAt.After(now.Add(o.cfg.Skew)):
		return nil, fmt.Errorf("%w: iat is missing, too long ago or in the future", errLogoutToken)
	}
	return t, nil
}

// endBy ends the sessions that t means, and returns whose it was; an owner without session is all of a
// person's, one without subject is unknown.
func (o *OIDC) endBy(ctx context.Context, t *oidc.LogoutToken) (sessionOwner, error) {
	if t.SessionID == "" {
		return sessionOwner{subject: t.Subject}, o.end(ctx, o.userKey(t.Subject), t.IssuedAt)
	}
	if err := o.end(ctx, o.storeKeys.sid(t.SessionID), forever); err != nil {
		return sessionOwner{}, err
	}
	owner, err := o.ownerOf(ctx, t.SessionID)
	if err != nil {
		return sessionOwner{}, err
	}
	if owner.session != "" && (t.Subject == "" || t.Subject == owner.subject) {
		return owner, o.cfg.Store.Delete(ctx, o.storeKeys.tokens(owner.session))
	}
	if t.Subject == "" {
		return sessionOwner{}, nil
	}
	// Nobody is known by that sid: the provider may leave it out of ID tokens, or the store has forgotten.
	return sessionOwner{subject: t.Subject}, o.end(ctx, o.userKey(t.Subject), t.IssuedAt)
}

func (o *OIDC) userKey(subject string) string {
	return o.storeKeys.user(subjectID(o.cfg.Issuer, subject))
}

// sessionOwner is what the store knows of a provider's session: which one here began in it.
type sessionOwner struct{ subject, session string }

func (s sessionOwner) appendTo(b []byte) []byte {
	return appendText(appendText(b, s.subject), s.session)
}

func (o *OIDC) ownerOf(ctx context.Context, sid string) (sessionOwner, error) {
	values, err := o.cfg.Store.Get(ctx, o.storeKeys.owner(sid))
	if err != nil {
		return sessionOwner{}, fmt.Errorf("middleware: the store does not say whose session it is: %w", err)
	}
	if len(values) == 0 {
		return sessionOwner{}, nil
	}
	f := fields{rest: string(values[0])}
	owner := sessionOwner{subject: f.text(), session: f.text()}
	if f.done() != nil {
		return sessionOwner{}, nil
	}
	return owner, nil
}
