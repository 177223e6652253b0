package oidclogin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin/internal/oautherror"
)

// callback finishes a login. HEAD finishes nothing.
func (e *endpoints) callback(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		query = nil // it belongs to no attempt
	}
	state, _ := soleValue(query, "state")
	id, back := e.readState(state)
	a, ok := e.findAttempt(r, id)
	switch {
	case !ok:
		e.stray(w, r, back, errForeignCallback)
		return
	case r.Method == http.MethodHead:
		w.WriteHeader(http.StatusOK)
		return
	}
	if wait := e.limits.wait(r); wait > 0 {
		e.refuseFlood(w, r, back, wait)
		return
	}
	e.attempts.End(w, r, id) // whatever the outcome: an attempt is for one callback
	s, err := e.finish(r, a, query)
	e.limits.note(r, err)
	if errors.Is(err, errUsedAttempt) {
		e.stray(w, r, back, err)
		return
	}
	if err != nil {
		e.refuse(w, r, back, err)
		return
	}
	if err := e.replaceSession(w, r, s); err != nil {
		e.refuse(w, r, back, err)
		return
	}
	e.cfg.Events.Emit(event.Context(r), event.Event{
		Kind: event.SignedIn, Level: slog.LevelInfo, User: provider.UserID(e.cfg.Issuer, s.subject), Session: s.session(), Reason: "oidc",
		Groups: s.groups, Detail: s.who(),
	})
	answer.Redirect(w, cmp.Or(back, e.local(r, callbackPath, "/")), http.StatusSeeOther)
}

// stray answers a callback that belongs to no attempt of this browser: it was opened before, or too late, or its
// attempt has made room for others. Nothing of it is used but the return path. A user who is signed in goes on
// to there, with the session that they have. All others are refused, for the reason of none.
func (e *endpoints) stray(w http.ResponseWriter, r *http.Request, back string, none error) {
	signedIn, err := e.isSignedIn(r)
	if signedIn {
		e.cfg.Logger.DebugContext(r.Context(), "callback of no login in progress, the user is signed in", slog.String("reason", provider.Brief(none)))
		answer.Redirect(w, cmp.Or(back, e.local(r, callbackPath, "/")), http.StatusSeeOther)
		return
	}
	e.refuse(w, r, back, cmp.Or(err, none))
}

// isSignedIn reports whether the browser has a good session, and changes nothing about it.
func (e *endpoints) isSignedIn(r *http.Request) (bool, error) {
	c, err := r.Cookie(e.cookieName)
	if err != nil {
		return false, nil //nolint:nilerr // there is no session
	}
	in, err := e.open(c.Value)
	if err != nil || !e.cfg.Now().Before(in.expires(e.cfg.IdleTimeout, e.cfg.Lifetime)) {
		return false, nil //nolint:nilerr // the session is over
	}
	err = e.checkEnded(r.Context(), e.revocable(in))
	if errors.Is(err, middleware.ErrNotSignedIn) {
		return false, nil
	}
	return err == nil, err
}

// finish makes a session of a callback that belongs to the attempt a, after all checks.
func (e *endpoints) finish(r *http.Request, a *attempt, query url.Values) (*signIn, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*e.client.Timeout)
	defer cancel()
	position, err := e.position(ctx) // before the provider is asked, so that EndSessions reaches this login too
	if err != nil {
		return nil, err
	}
	p, err := e.discovery.provider(ctx)
	if err != nil {
		return nil, err
	}
	code, err := e.code(p, a, query)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, e.client)
	token, err := e.askForTokens(ctx, p, func(with *oauth2.Config) (*oauth2.Token, error) {
		return with.Exchange(ctx, code, oauth2.VerifierOption(a.verifier()))
	}, append(a.secrets(), code)...)
	if err != nil {
		return nil, err
	}
	v, err := e.verify(ctx, p, token)
	if err != nil {
		return nil, err
	}
	if !sameSecret(a.nonce(), v.Nonce) {
		return nil, errWrongNonce
	}
	if err := e.checkAuthentication(v.claims); err != nil {
		return nil, err
	}
	s, err := e.newSignIn(ctx, p, v)
	if err != nil {
		return nil, err
	}
	s.position = position
	return s, e.admit(ctx, a, s, v)
}

// code returns the code of a callback, unless the provider has refused or another one has answered.
func (e *endpoints) code(p *idProvider, a *attempt, query url.Values) (string, error) {
	if err := e.checkIss(p, query); err != nil {
		return "", err
	}
	if query.Has("error") {
		return "", providerError(oautherror.InCallback(query, append(a.secrets(), query["code"]...)...))
	}
	code, ok := soleValue(query, "code")
	if !ok {
		return "", errForeignCallback
	}
	return code, nil
}

// checkIss refuses an answer that another provider has sent, or may have sent (RFC 9207 §2.4).
func (e *endpoints) checkIss(p *idProvider, query url.Values) error {
	if !query.Has("iss") && !p.sendsIss {
		return nil
	}
	if iss, ok := soleValue(query, "iss"); !ok || iss != e.cfg.Issuer {
		return errForeignIss
	}
	return nil
}

// newSignIn makes a session, with a new identifier, of a verified ID token.
func (e *endpoints) newSignIn(ctx context.Context, p *idProvider, v *verified) (*signIn, error) {
	who, err := e.person(ctx, p, v, nil)
	if err != nil {
		return nil, err
	}
	now := e.cfg.Now().Unix()
	s := &signIn{id: newSignInID(), issued: v.IssuedAt.Unix(), began: now, seen: now}
	s.subject, s.proved = v.Subject, authTime(v.claims)
	s.sid, _ = v.claims["sid"].(string)
	s.email, s.name, s.sessionGroups = who.email, who.name, who.sessionGroups
	return s, nil
}

// admit uses the attempt up, and stores what a later sign-out has to know. It comes last, so that only
// users of the provider can fill the store.
func (e *endpoints) admit(ctx context.Context, a *attempt, s *signIn, v *verified) error {
	first, err := e.cfg.Store.Once(ctx, e.names.attempt(a.id()), attemptLife)
	switch {
	case err != nil:
		return fmt.Errorf("oidclogin: the store does not say whether the login was finished before: %w", err)
	case !first:
		return errUsedAttempt
	}
	// The provider may have ended its session in the meantime.
	if err := e.checkEnded(ctx, e.revocable(s)); err != nil {
		return err
	}
	if s.sid != "" {
		owner := sessionOwner{subject: s.subject, session: s.session()}
		if err := e.cfg.Store.Save(ctx, e.names.owner(s.sid), owner.AppendTo(nil), e.cfg.Lifetime); err != nil {
			return fmt.Errorf("oidclogin: the store does not save whose session this is: %w", err)
		}
	}
	return e.keepTokens(ctx, s, v)
}

// replaceSession gives the browser the session s, and ends the one that it had: it may have been planted
// by an attacker, or belong to the previous user of the machine.
func (e *endpoints) replaceSession(w http.ResponseWriter, r *http.Request, s *signIn) error {
	now := e.cfg.Now()
	old := e.replaced(r)
	if old != nil {
		s.carryOver(old)
	}
	value, err := e.sealSession(r.Context(), s, now)
	if err != nil {
		return err
	}
	if old != nil {
		if err := e.endSession(r.Context(), old); err != nil {
			return err
		}
		// Tours of the same user in other tabs go on.
		if old.subject != s.subject {
			e.tellSignOut(event.Context(r), provider.UserID(e.cfg.Issuer, old.subject), old.session(), "replaced")
		}
	}
	e.setCookie(w, s, value, now)
	return nil
}

// replaced returns the session that the browser has, or nil.
func (e *endpoints) replaced(r *http.Request) *signIn {
	c, err := r.Cookie(e.cookieName)
	if err != nil {
		return nil
	}
	old, err := e.open(c.Value)
	if err != nil {
		return nil
	}
	return old
}

// soleValue returns the value of a parameter that is there once and is not empty.
func soleValue(query url.Values, name string) (string, bool) {
	values := query[name]
	if len(values) != 1 || values[0] == "" {
		return "", false
	}
	return values[0], true
}
