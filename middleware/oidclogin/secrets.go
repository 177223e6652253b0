package oidclogin

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/rotation"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
	"github.com/go-pme/pme/secret"
)

// newClientSecrets returns nil without ClientSecrets.
func newClientSecrets(cfg *Config) (*rotation.Ring, error) {
	if cfg.ClientSecrets == nil {
		return nil, nil //nolint:nilnil // there is no ring
	}
	return rotation.New(rotation.Config{Part: "oidc client secret", Source: cfg.ClientSecrets, Events: cfg.Events, Now: cfg.Now})
}

// checkCookieSecrets says what is wrong with CookieSecrets.
func checkCookieSecrets(s *secret.Source) error {
	if s == nil {
		return nil
	}
	remove, err := s.Register(secret.Consumer{Check: sealed.CheckSecret})
	remove()
	return err //nolint:wrapcheck // the caller wraps it
}

// watchKeys has new CookieSecrets checked, and their changes told. The error says what is wrong with those in force.
func (s *sessions) watchKeys() (stop func(), err error) {
	if s.cfg.CookieSecrets == nil {
		return func() {}, nil
	}
	stop, err = s.cfg.CookieSecrets.Register(secret.Consumer{Check: sealed.CheckSecret, Changed: func(c secret.Change) {
		s.cfg.Events.Emit(context.Background(), c.Event("cookie keys"))
	}})
	if err != nil {
		return stop, fmt.Errorf("oidclogin: CookieSecrets: %w", err)
	}
	return stop, nil
}

// forgetOldKeys has the CookieSecrets looked at, as [sealed.Seals] do that for a cookie which is opened, and forgets what
// is remembered of cookies if they have changed: it may be from a key that is gone. It forgets before it notes for which
// keys. So whoever finds the keys in force noted finds nothing remembered from other keys.
func (s *sessions) forgetOldKeys() {
	if s.cfg.CookieSecrets == nil {
		return
	}
	inForce := &s.cfg.CookieSecrets.Values()[0] // a source never changes a slice
	if s.memoOf.Load() != inForce {
		s.memo.Clear()
		s.memoOf.Store(inForce)
	}
}

func cookieParts(cfg *Config) []health.Part {
	if cfg.CookieSecrets == nil {
		return nil
	}
	return cfg.CookieSecrets.HealthParts()
}

func (c Config) hasSecret() bool { return c.ClientSecret != "" || c.ClientSecrets != nil }

// checkSecrets says what is wrong with ClientSecrets.
func (c Config) checkSecrets() error {
	if c.ClientSecrets == nil {
		return nil
	}
	remove, err := c.ClientSecrets.Register(secret.Consumer{})
	remove()
	return err //nolint:wrapcheck // the caller wraps it
}

func secretParts(ring *rotation.Ring) []health.Part {
	if ring == nil {
		return nil
	}
	return ring.HealthParts()
}

// askForTokens calls the token endpoint with the client secret, and with another one if the provider does not know that. A
// provider authenticates the client before it looks at the code or the refresh token (RFC 6749 §3.2.1 and §4.1.3), so
// that these are not used up. After any other refusal no other secret is tried. The error is scrubbed of what was sent.
func (c *party) askForTokens(ctx context.Context, p *idProvider, call func(*oauth2.Config) (*oauth2.Token, error), sent ...string) (*oauth2.Token, error) {
	if c.secrets == nil {
		token, err := call(p.oauth)
		if err != nil {
			return nil, c.tokenError(err, sent...)
		}
		return token, nil
	}
	var token *oauth2.Token
	var err error
	pause := c.secrets.Show(ctx, func(secret string) rotation.Answer {
		with := *p.oauth
		with.ClientSecret = secret
		token, err = call(&with)
		return ofTokenEndpoint(err)
	})
	switch {
	case pause > 0:
		return nil, &setupError{"the provider has refused every client secret, and is not asked again for " + pause.Round(time.Second).String() +
			": check ClientID and ClientSecrets, and that the secret has not expired"}
	case err != nil:
		return nil, c.tokenError(err, sent...)
	}
	return token, nil
}

// ofTokenEndpoint says what an answer of the token endpoint tells of the client secret.
func ofTokenEndpoint(err error) rotation.Answer {
	if err == nil {
		return rotation.Accepted
	}
	answered, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return rotation.Silent
	}
	unauthorized := answered.Response.StatusCode == http.StatusUnauthorized
	switch code := answered.ErrorCode; {
	case code == "invalid_client", unauthorized && code == "unauthorized_client":
		return rotation.Refused
	case unauthorized && code != "" && code != "invalid_grant": // some say so of the code that anyone can make up, and some of the secret
		return rotation.Doubtful
	}
	return rotation.Silent
}

// credentials are the client's secrets and the forms in which they are sent.
func (c *party) credentials() []string {
	secrets := []string{c.cfg.ClientSecret}
	if c.secrets != nil {
		secrets = c.secrets.Values()
	}
	var forms []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, pair := range []string{url.QueryEscape(c.cfg.ClientID) + ":" + url.QueryEscape(secret), c.cfg.ClientID + ":" + secret} {
			forms = append(forms, base64.StdEncoding.EncodeToString([]byte(pair)))
		}
		forms = append(forms, secret)
	}
	return forms
}
