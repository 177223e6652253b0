package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Callback returns the handler to which the provider sends people back with a code: GET. It must be
// reachable under RedirectURL.
//
// A callback that belongs to no login of this browser, or was used before, gets 400; what the provider
// refuses, or vouches for insufficiently, 403; what cannot be decided just now, 503. None of it signs
// anybody in, and a session that the browser has stays as it is.
func (o *OIDC) Callback() http.Handler {
	return onlyMethod(http.MethodGet, http.HandlerFunc(o.serveCallback))
}

func (o *OIDC) serveCallback(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		o.refuse(w, r, errForeignCallback)
		return
	}
	state, _ := soleValue(query, "state")
	a, ok := o.findAttempt(r, state)
	if !ok {
		o.refuse(w, r, errForeignCallback)
		return
	}
	o.cookies.Clear(w, o.attemptName(state)) // whatever comes of it: an attempt is for one callback
	s, err := o.finishLogin(r, a, query)
	if err != nil {
		o.refuse(w, r, err)
		return
	}
	if err := o.replaceSession(w, r, s); err != nil {
		o.refuse(w, r, err)
		return
	}
	o.cfg.Logger.InfoContext(r.Context(), "signed in", slog.String("session", s.session()))
	back, _ := LocalPath(a.back)
	redirectPrivately(w, back, http.StatusSeeOther)
}

// finishLogin returns the session that a callback of the attempt a makes, after all checks.
func (o *OIDC) finishLogin(r *http.Request, a *loginAttempt, query url.Values) (*signIn, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*o.client.Timeout)
	defer cancel()
	p, err := o.discovery.provider(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.checkIss(p, query); err != nil {
		return nil, err
	}
	if query.Has("error") {
		return nil, providerRefusal(query.Get("error"))
	}
	code, ok := soleValue(query, "code")
	if !ok {
		return nil, errForeignCallback
	}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(a.verifier))
	if err != nil {
		return nil, exchangeError(err)
	}
	v, err := o.verify(ctx, p, token)
	if err != nil {
		return nil, err
	}
	if !a.hasNonce(v.Nonce) {
		return nil, errWrongNonce
	}
	if err := o.checkAuthentication(v.claims); err != nil {
		return nil, err
	}
	s, err := o.newSignIn(ctx, p, v)
	if err != nil {
		return nil, err
	}
	return s, o.claimAttempt(ctx, a, s, v)
}

// checkIss refuses an answer that another provider has sent, or may have (RFC 9207 §2.4).
func (o *OIDC) checkIss(p *provider, query url.Values) error {
	if !query.Has("iss") && !p.sendsIss {
		return nil
	}
	if iss, ok := soleValue(query, "iss"); !ok || iss != o.cfg.Issuer {
		return errForeignIss
	}
	return nil
}

// maxSubject is the longest sub in bytes (OpenID Connect Core 1.0 §2).
const maxSubject = 255

// verified is an ID token that passed every check but that of the nonce, with what came along with it.
type verified struct {
	*oidc.IDToken
	raw    string
	claims map[string]any
	token  *oauth2.Token
}

// verify checks the ID token of an answer of the token endpoint (OpenID Connect Core 1.0 §3.1.3.7).
func (o *OIDC) verify(ctx context.Context, p *provider, token *oauth2.Token) (*verified, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return nil, errNoIDToken
	}
	var id *oidc.IDToken
	err := p.verify(errIDToken, func(verifier *oidc.IDTokenVerifier) (err error) {
		id, err = verifier.Verify(ctx, raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := &verified{IDToken: id, raw: raw, token: token}
	if err := id.Claims(&v.claims); err != nil {
		return nil, fmt.Errorf("%w: %s", errIDToken, brief(err))
	}
	azp, hasAZP := v.claims["azp"]
	switch latest := o.cfg.Now().Add(o.cfg.Skew); {
	case id.Subject == "" || len(id.Subject) > maxSubject:
		return nil, fmt.Errorf("%w: sub is missing or too long", errIDToken)
	case hasAZP && azp != o.cfg.ClientID, !hasAZP && len(id.Audience) > 1:
		return nil, fmt.Errorf("%w: azp is not this client", errIDToken)
	case id.IssuedAt.Unix() <= 0 || id.IssuedAt.After(latest):
		return nil, fmt.Errorf("%w: iat is missing or in the future", errIDToken)
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return nil, fmt.Errorf("%w: at_hash is that of another access token", errIDToken)
	}
	return v, nil
}

// checkAuthentication checks when and how the person signed in at the provider, where that was asked for.
func (o *OIDC) checkAuthentication(claims map[string]any) error {
	if o.cfg.MaxAge > 0 {
		at, ok := claims["auth_time"].(float64)
		if !ok || o.cfg.Now().Sub(time.Unix(int64(at), 0)) > o.cfg.MaxAge+o.cfg.Skew {
			return errAuthTime
		}
	}
	if acr, _ := claims["acr"].(string); len(o.cfg.ACRValues) > 0 && !slices.Contains(o.cfg.ACRValues, acr) {
		return errACR
	}
	return nil
}

// newSignIn makes a session, with a new identifier, of a verified ID token.
func (o *OIDC) newSignIn(ctx context.Context, p *provider, v *verified) (*signIn, error) {
	who, err := o.person(ctx, p, v)
	if err != nil {
		return nil, err
	}
	now := o.cfg.Now().Unix()
	s := &signIn{id: newSignInID(), issued: v.IssuedAt.Unix(), began: now, seen: now}
	s.subject = v.Subject
	s.sid, _ = v.claims["sid"].(string)
	s.email, s.name, s.groups = who.email, who.name, who.groups
	return s, nil
}

// claimAttempt uses the attempt up, and puts on record what a later sign-out has to know. It comes last,
// so that only people whom the provider has vouched for can fill the store.
func (o *OIDC) claimAttempt(ctx context.Context, a *loginAttempt, s *signIn, v *verified) error {
	first, err := o.cfg.Store.Add(ctx, o.storeKeys.attempt(a.state), []byte{1}, attemptLife)
	switch {
	case err != nil:
		return fmt.Errorf("middleware: the store does not say whether the login was finished before: %w", err)
	case !first:
		return errUsedAttempt
	}
	// The provider may have ended its session while the person was on the way here.
	if err := o.standing(ctx, oidcProof{keys: o.storeKeys.endings(s, o.cfg.Issuer), issued: s.issued}); err != nil {
		return err
	}
	if s.sid != "" {
		owner := sessionOwner{subject: s.subject, session: s.session()}
		if err := o.cfg.Store.Set(ctx, o.storeKeys.owner(s.sid), owner.appendTo(nil), o.cfg.Lifetime); err != nil {
			return fmt.Errorf("middleware: the store does not keep whose session this is: %w", err)
		}
	}
	return o.keepTokens(ctx, s, v)
}

// replaceSession gives the browser the session s, and ends the one that it had: nobody else may go on
// with that, neither who planted it nor who shares the machine.
func (o *OIDC) replaceSession(w http.ResponseWriter, r *http.Request, s *signIn) error {
	if c, err := r.Cookie(o.cookies.session); err == nil {
		if old, err := o.open(c.Value); err == nil {
			if err := o.endSession(r.Context(), old); err != nil {
				return err
			}
			// The same person's tours in other tabs go on.
			if old.subject != s.subject {
				o.tellSignOut(r.Context(), subjectID(o.cfg.Issuer, old.subject), old.session())
			}
		}
	}
	return o.write(w, s, o.cfg.Now())
}

// soleValue returns the value of a parameter that is there once and is not empty.
func soleValue(query url.Values, name string) (string, bool) {
	values := query[name]
	if len(values) != 1 || values[0] == "" {
		return "", false
	}
	return values[0], true
}
