package oidclogin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

const (
	// maxLogoutToken is how long a logout token may be, in bytes. Those of providers have about one kilobyte.
	maxLogoutToken = 8 << 10

	maxLogoutBody = maxLogoutToken + 4<<10

	// logoutTokenAge is how old a logout token may be. Providers make one for each delivery.
	logoutTokenAge = 5 * time.Minute

	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
)

// errLogoutToken says that a logout token was judged and is not accepted.
var errLogoutToken = errors.New("oidclogin: the logout token is not accepted")

// backChannel is told by the provider that a user has signed out there.
func (e *endpoints) backChannel(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLogoutBody)
	var err error
	if r.ContentLength <= maxLogoutBody { // a longer one is not read
		err = r.ParseForm()
	}
	switch raw, ok := soleValue(r.PostForm, "logout_token"); {
	case err != nil || !ok:
		err = fmt.Errorf("%w: there is none", errLogoutToken)
	case len(raw) > maxLogoutToken:
		err = fmt.Errorf("%w: it is longer than 8 KiB", errLogoutToken)
	default:
		err = e.signOutBy(event.Context(r), raw)
	}
	switch {
	case err == nil:
		w.Header().Set("Cache-Control", "no-store") // as §2.8 asks for
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, errLogoutToken):
		e.cfg.Logger.WarnContext(r.Context(), "logout token refused", slog.String("error", provider.Brief(err)))
		answer.Error(w, http.StatusBadRequest, "invalid_request", "The logout token is not accepted.")
	default:
		e.gate.Refuse(w, r, err)
	}
}

// signOutBy does what a logout token asks for.
func (e *endpoints) signOutBy(ctx context.Context, raw string) error {
	p, err := e.discovery.provider(ctx)
	if err != nil {
		return err
	}
	t, err := e.verifyLogout(oidc.ClientContext(ctx, e.client), p, raw)
	if err != nil {
		return err
	}
	owner, err := e.endBy(ctx, t)
	if err != nil {
		return err
	}
	// Last, so that a delivery which failed half-way can be repeated: ending twice changes nothing.
	first, err := e.cfg.Store.Once(ctx, e.names.logoutToken(t.TokenID), logoutTokenAge+2*e.cfg.Leeway+time.Minute)
	switch {
	case err != nil:
		return fmt.Errorf("oidclogin: the store does not say whether a logout token was used before: %w", err)
	case !first:
		return fmt.Errorf("%w: it was used before", errLogoutToken)
	}
	if owner.subject != "" {
		e.tellSignOut(ctx, provider.UserID(e.cfg.Issuer, owner.subject), owner.session, "backchannel")
	}
	return nil
}

// verifyLogout checks a logout token (§2.6). go-oidc checks signature, issuer, audience, expiry, that
// there is a jti, a sub or a sid, and no nonce, but neither the event's form nor the age.
func (e *endpoints) verifyLogout(ctx context.Context, p *idProvider, raw string) (*oidc.LogoutToken, error) {
	err := p.screenLogout(ctx, raw)
	if err != nil {
		return nil, err
	}
	var t *oidc.LogoutToken
	err = p.verify(p.keys, errLogoutToken, func(verifier *oidc.IDTokenVerifier) (err error) {
		t, err = verifier.VerifyLogout(ctx, raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := t.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: %s", errLogoutToken, provider.Brief(err))
	}
	events, _ := claims["events"].(map[string]any)
	_, isLogout := events[logoutEvent].(map[string]any)
	now := e.cfg.Now()
	switch {
	case !isLogout:
		return nil, fmt.Errorf("%w: events does not say logout", errLogoutToken)
	case t.IssuedAt.Before(now.Add(-logoutTokenAge - e.cfg.Leeway)), t.IssuedAt.After(now.Add(e.cfg.Leeway)):
		return nil, fmt.Errorf("%w: iat is missing, too long ago or in the future", errLogoutToken)
	}
	return t, nil
}

// screenLogout refuses what the provider has not signed at little cost: everybody can send it here.
func (p *idProvider) screenLogout(ctx context.Context, raw string) error {
	keys := &provider.Signature{Keys: p.keys}
	err := keys.Screen(ctx, raw, p.checks.SupportedSigningAlgs)
	switch {
	case err == nil:
		return nil
	case keys.Unavailable != nil:
		return fmt.Errorf("oidclogin: a signature cannot be checked: %s", provider.Brief(err))
	}
	return fmt.Errorf("%w: %s", errLogoutToken, provider.Brief(err))
}

// endBy ends the sessions that t names, and returns whose they were. An owner without a session is the
// owner of all of a user's sessions; one without a subject is unknown.
func (e *endpoints) endBy(ctx context.Context, t *oidc.LogoutToken) (sessionOwner, error) {
	user := e.names.user(provider.UserID(e.cfg.Issuer, t.Subject))
	if t.SessionID == "" {
		return sessionOwner{subject: t.Subject}, e.end(ctx, user, t.IssuedAt)
	}
	if err := e.end(ctx, e.names.sid(t.SessionID), everySession); err != nil {
		return sessionOwner{}, err
	}
	owner, err := e.ownerOf(ctx, t.SessionID)
	if err != nil {
		return sessionOwner{}, err
	}
	if owner.session != "" && (t.Subject == "" || t.Subject == owner.subject) {
		return owner, errors.Join(e.deleteTokens(ctx, owner.session), e.deleteGroups(ctx, owner.session))
	}
	if t.Subject == "" {
		return sessionOwner{}, nil
	}
	// The sid is unknown: the provider may leave it out of ID tokens, or the store has lost it.
	return sessionOwner{subject: t.Subject}, e.end(ctx, user, t.IssuedAt)
}

// A sessionOwner is what the store knows of a provider's session: which session here began in it.
type sessionOwner struct{ subject, session string }

func (s sessionOwner) AppendTo(b []byte) []byte {
	return sealed.AppendText(sealed.AppendText(b, s.subject), s.session)
}

// ownerOf returns the owner of a provider's session. One that the store does not have, or that cannot be
// read, is unknown.
func (e *endpoints) ownerOf(ctx context.Context, sid string) (sessionOwner, error) {
	value, err := e.cfg.Store.Load(ctx, e.names.owner(sid))
	if err != nil {
		return sessionOwner{}, fmt.Errorf("oidclogin: the store does not say whose session it is: %w", err)
	}
	f := sealed.NewFields(value)
	owner := sessionOwner{subject: f.Text(), session: f.Text()}
	if f.Done() != nil {
		return sessionOwner{}, nil
	}
	return owner, nil
}
