package oidclogin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/rotation"
	"github.com/go-pme/pme/middleware/oidclogin/internal/named"
)

// A party is the application in its role towards the provider: a relying party.
type party struct {
	cfg       *Config
	client    *http.Client // calls the provider
	discovery *discovery
	secrets   *rotation.Ring // nil without ClientSecrets
	named     *named.Sets    // the groups that policies name

	groupClaim *provider.Groups
}

// verified is an ID token that passed every check but that of the nonce, with the answer it came in.
type verified struct {
	*oidc.IDToken
	raw    string
	claims map[string]any
	token  *oauth2.Token
}

// verify checks the ID token of an answer of the token endpoint (OpenID Connect Core 1.0 §3.1.3.7). It
// does NOT check the nonce.
func (c *party) verify(ctx context.Context, p *idProvider, token *oauth2.Token) (*verified, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return nil, errNoIDToken
	}
	var id *oidc.IDToken
	err := p.verify(p.keys.AtOnce(), errIDToken, func(verifier *oidc.IDTokenVerifier) (err error) {
		id, err = verifier.Verify(ctx, raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	v := &verified{IDToken: id, raw: raw, token: token}
	if err := id.Claims(&v.claims); err != nil {
		return nil, fmt.Errorf("%w: %s", errIDToken, provider.Brief(err))
	}
	azp, hasAZP := v.claims["azp"]
	switch latest := c.cfg.Now().Add(c.cfg.Leeway); {
	case id.Subject == "" || len(id.Subject) > provider.MaxSubject:
		return nil, fmt.Errorf("%w: sub is missing or too long", errIDToken)
	case hasAZP && azp != c.cfg.ClientID:
		return nil, fmt.Errorf("%w: azp is not this client", errIDToken)
	case !hasAZP && len(id.Audience) > 1 && !c.cfg.AllowMissingAZP:
		return nil, fmt.Errorf("%w: it is for several audiences and has no azp, which AllowMissingAZP would accept", errIDToken)
	case id.IssuedAt.Unix() <= 0 || id.IssuedAt.After(latest):
		return nil, fmt.Errorf("%w: iat is missing or in the future", errIDToken)
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return nil, fmt.Errorf("%w: at_hash is that of another access token", errIDToken)
	}
	return v, nil
}

// checkAuthentication checks when and how the user signed in at the provider, if the host asks for that.
func (c *party) checkAuthentication(claims map[string]any) error {
	if c.cfg.MaxAge > 0 {
		at := authTime(claims)
		if at == 0 || c.cfg.Now().Sub(time.Unix(at, 0)) > c.cfg.MaxAge+c.cfg.Leeway {
			return errAuthTime
		}
	}
	if acr, _ := claims["acr"].(string); len(c.cfg.ACRValues) > 0 && !slices.Contains(c.cfg.ACRValues, acr) {
		return errACR
	}
	return nil
}

// authTime is when the user last proved to the provider who they are, in Unix seconds, or 0 if it does not say.
func authTime(claims map[string]any) int64 {
	at, _ := claims["auth_time"].(float64)
	if at < 1 || at > 1<<40 {
		return 0
	}
	return int64(at)
}
