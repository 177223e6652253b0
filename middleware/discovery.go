package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/flight"
)

const (
	firstDiscoveryPause = time.Second
	maxDiscoveryPause   = time.Minute
)

// provider is what an OIDC has learned of its identity provider. It is never changed.
type provider struct {
	*oidc.Provider
	issuer     string
	oauth      *oauth2.Config
	keys       oidc.KeySet
	checks     oidc.Config
	endSession string // empty where the provider has none
	sendsIss   bool   // the provider promises the response parameter iss (RFC 9207)
}

// metadata is what go-oidc leaves aside of a discovery document, and what it does not check.
type metadata struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	UserInfo      string   `json:"userinfo_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	SendsIss      bool     `json:"authorization_response_iss_parameter_supported"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
}

// discovery learns of the provider when it is first needed, so that one which is down does not keep the
// application from starting. What was learned stays until the process ends; signing keys do not belong
// to it and are looked up anew as they change.
type discovery struct {
	cfg     *OIDCConfig
	client  *http.Client
	keys    *providerKeys
	flights *flight.Group

	mu       sync.Mutex
	known    *provider
	failures int
	notUntil time.Time
}

// errProviderAway is doubt: the provider did not answer a moment ago and is left alone for a while.
var errProviderAway = errors.New("middleware: the identity provider cannot be reached")

// provider returns the provider, or an error that is doubt. One attempt runs at a time, with pauses
// between failures that grow to a minute.
func (d *discovery) provider(ctx context.Context) (*provider, error) {
	if p, err := d.atHand(); p != nil || err != nil {
		return p, err
	}
	tried := d.flights.Do("discovery", d.client.Timeout+time.Second, d.try)
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case res := <-tried:
		if res.Err != nil {
			return nil, fmt.Errorf("%w: %s", errProviderAway, brief(res.Err))
		}
	}
	return d.atHand()
}

func (d *discovery) atHand() (*provider, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil && d.cfg.Now().Before(d.notUntil) {
		return nil, errProviderAway
	}
	return d.known, nil
}

func (d *discovery) try(ctx context.Context) error {
	if p, err := d.atHand(); p != nil || err != nil {
		return err // another flight has landed between the look at it and this one
	}
	p, err := d.discover(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		pause := min(firstDiscoveryPause<<min(d.failures, 10), maxDiscoveryPause)
		d.failures++
		d.notUntil = d.cfg.Now().Add(pause)
		d.cfg.Logger.WarnContext(ctx, "identity provider cannot be reached",
			slog.String("issuer", d.cfg.Issuer), slog.String("error", brief(err)), slog.Duration("pause", pause))
		return err
	}
	d.known, d.failures = p, 0
	return nil
}

func (d *discovery) discover(ctx context.Context) (*provider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, d.client), d.cfg.Issuer)
	if err != nil {
		return nil, err
	}
	var m metadata
	if err := found.Claims(&m); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = m.authStyle(d.cfg.ClientSecret)
	return &provider{
		Provider: found,
		issuer:   d.cfg.Issuer,
		oauth: &oauth2.Config{
			ClientID:     d.cfg.ClientID,
			ClientSecret: d.cfg.ClientSecret,
			Endpoint:     endpoint,
			RedirectURL:  d.cfg.RedirectURL,
			Scopes:       d.cfg.Scopes,
		},
		keys: d.keys,
		checks: oidc.Config{
			ClientID:             d.cfg.ClientID,
			SupportedSigningAlgs: m.signingAlgorithms(),
			Now:                  func() time.Time { return d.cfg.Now().Add(-d.cfg.Skew) },
		},
		endSession: m.EndSession,
		sendsIss:   m.SendsIss,
	}, nil
}

// check refuses endpoints that are missing or can be listened to.
func (m *metadata) check() error {
	for name, endpoint := range map[string]string{
		"authorization_endpoint": m.Authorization, "token_endpoint": m.Token, "jwks_uri": m.Keys,
		"userinfo_endpoint": m.UserInfo, "end_session_endpoint": m.EndSession,
	} {
		if endpoint == "" && (name == "userinfo_endpoint" || name == "end_session_endpoint") {
			continue
		}
		if u, err := url.Parse(endpoint); err != nil || !secureURL(u) {
			return fmt.Errorf("middleware: the provider's %s is missing or not https", name)
		}
	}
	return nil
}

// authStyle is how the client authenticates. x/oauth2 would find out by trying both ways, which uses
// the code up at some providers. What a document without the list means is in OpenID Connect Discovery
// 1.0 §3.
func (m *metadata) authStyle(secret string) oauth2.AuthStyle {
	basic := len(m.TokenAuth) == 0 || slices.Contains(m.TokenAuth, "client_secret_basic")
	if secret != "" && basic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// signingAlgorithms are those that the provider says it signs with, without "none" and HMAC.
func (m *metadata) signingAlgorithms() []string {
	algorithms := slices.DeleteFunc(slices.Clone(m.Algorithms), func(a string) bool { return !slices.Contains(asymmetric, a) })
	if len(algorithms) == 0 {
		return []string{oidc.RS256} // which every provider has to have
	}
	return algorithms
}

var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// verify lets check verify a token. Its error is doubt if the provider's keys could not be had, and one
// of refused otherwise.
func (p *provider) verify(refused error, check func(*oidc.IDTokenVerifier) error) error {
	keys := &witness{keys: p.keys}
	err := check(oidc.NewVerifier(p.issuer, keys, &p.checks))
	switch {
	case err == nil:
		return nil
	case keys.doubt != nil:
		return fmt.Errorf("middleware: a signature cannot be checked: %s", brief(keys.doubt))
	}
	return fmt.Errorf("%w: %s", refused, brief(err))
}
