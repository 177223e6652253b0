package oidclogin

import (
	"context"
	"encoding/json"
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

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/middleware/oidclogin/internal/oautherror"
)

// How a client with a secret authenticates at the token endpoint (OpenID Connect Core 1.0 §9).
const (
	clientSecretBasic = "client_secret_basic"
	clientSecretPost  = "client_secret_post"
)

const (
	firstDiscoveryPause = time.Second
	maxDiscoveryPause   = time.Minute
)

// An idProvider is an identity provider that has been looked up. It is never changed.
type idProvider struct {
	issuer     string
	oauth      *oauth2.Config
	keys       *provider.Keys
	checks     oidc.Config
	userInfo   string // empty if the provider has none
	endSession string // empty if the provider has none
	sendsIss   bool   // the provider promises the response parameter iss (RFC 9207)
}

// metadata are the parts of a discovery document that a login needs.
type metadata struct {
	Authorization string         `json:"authorization_endpoint"`
	Token         string         `json:"token_endpoint"`
	Keys          string         `json:"jwks_uri"`
	UserInfo      provider.Text  `json:"userinfo_endpoint"`
	EndSession    provider.Text  `json:"end_session_endpoint"`
	SendsIss      provider.Flag  `json:"authorization_response_iss_parameter_supported"`
	TokenAuth     provider.Texts `json:"token_endpoint_auth_methods_supported"`
	Algorithms    provider.Texts `json:"id_token_signing_alg_values_supported"`
}

// discovery looks the provider up when it is first needed, so that a provider which is down does not keep
// the application from starting. The result stays until the process ends. Signing keys are not part of it:
// they are fetched anew as they change.
type discovery struct {
	cfg     *Config
	client  *http.Client
	keys    *provider.Keys
	flights *flight.Group
	health  condition.Condition

	mu       sync.Mutex
	known    *idProvider
	failures int
	failure  error // of the last attempt
	notUntil time.Time
}

// unknown is what probes that need no credential show.
const unknown = health.Degraded("the identity provider cannot be looked up")

// errProviderAway says that the provider did not answer a moment ago and is not asked again for a while.
var errProviderAway = errors.New("oidclogin: the identity provider cannot be reached")

// provider returns the provider. It fails if the provider cannot be looked up at the moment. One attempt
// runs at a time, with pauses between failures that grow to a minute.
func (d *discovery) provider(ctx context.Context) (*idProvider, error) {
	if p, err := d.current(); p != nil || err != nil {
		return p, err
	}
	done, err := flight.Wait(ctx, d.flights.Do("discovery", d.client.Timeout+time.Second, d.try), 0)
	var setup *setupError
	switch {
	case errors.As(err, &setup):
		return nil, err //nolint:wrapcheck // as it is
	case done && err != nil:
		return nil, fmt.Errorf("%w: %s", errProviderAway, provider.Brief(err))
	case err != nil: // the caller's context has ended
		return nil, err //nolint:wrapcheck // as it is
	}
	return d.current()
}

// current returns the provider, nil if it is to be looked up, and an error if that has to wait.
func (d *discovery) current() (*idProvider, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known != nil || !d.cfg.Now().Before(d.notUntil) {
		return d.known, nil
	}
	var setup *setupError
	if errors.As(d.failure, &setup) {
		return nil, setup
	}
	return nil, errProviderAway
}

func (d *discovery) try(ctx context.Context) error {
	if p, err := d.current(); p != nil || err != nil {
		return err // another flight has finished since the caller looked
	}
	p, err := d.discover(ctx)
	d.health.Note(ctx, err, unknown)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		pause := min(firstDiscoveryPause<<min(d.failures, 10), maxDiscoveryPause)
		d.failures++
		d.failure = err
		d.notUntil = d.cfg.Now().Add(pause)
		d.cfg.Logger.WarnContext(ctx, "identity provider cannot be reached",
			slog.String("issuer", d.cfg.Issuer), slog.String("error", provider.Brief(err)), slog.String("pause", pause.String()))
		return err
	}
	d.known, d.failures = p, 0
	d.cfg.warnOfSignOut(ctx, p)
	return nil
}

func (d *discovery) discover(ctx context.Context) (*idProvider, error) {
	document, err := provider.FetchDiscovery(ctx, d.client, d.cfg.Issuer, d.cfg.DiscoveryURL)
	if err != nil {
		return nil, discoveryError(err)
	}
	var m metadata
	if err := json.Unmarshal(document, &m); err != nil {
		return nil, fmt.Errorf("the discovery document cannot be read: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return &idProvider{
		issuer: d.cfg.Issuer,
		oauth: &oauth2.Config{
			ClientID:     d.cfg.ClientID,
			ClientSecret: d.cfg.ClientSecret,
			Endpoint:     oauth2.Endpoint{AuthURL: m.Authorization, TokenURL: m.Token, AuthStyle: m.authStyle(d.cfg)},
			RedirectURL:  d.cfg.RedirectURL,
			Scopes:       d.cfg.Scopes,
		},
		keys: d.keys,
		checks: oidc.Config{
			ClientID:             d.cfg.ClientID,
			SupportedSigningAlgs: m.signingAlgorithms(),
			Now:                  func() time.Time { return d.cfg.Now().Add(-d.cfg.Leeway) },
		},
		userInfo:   string(m.UserInfo),
		endSession: string(m.EndSession),
		sendsIss:   bool(m.SendsIss),
	}, nil
}

// discoveryError tells what lasts, such as an Issuer that is not written as in the document, from a failure.
func discoveryError(err error) error {
	var answered *provider.StatusError
	refused := errors.As(err, &answered) && oautherror.OfStatus(answered.Status) == oautherror.Lasting
	if refused || errors.Is(err, provider.ErrOtherIssuer) {
		return &setupError{"the provider cannot be looked up, check Issuer and DiscoveryURL: " + provider.Brief(err)}
	}
	return err
}

// check refuses endpoints that are missing, or not encrypted.
func (m *metadata) check() error {
	for name, endpoint := range map[string]string{
		"authorization_endpoint": m.Authorization, "token_endpoint": m.Token, "jwks_uri": m.Keys,
		"userinfo_endpoint": string(m.UserInfo), "end_session_endpoint": string(m.EndSession),
	} {
		if endpoint == "" && (name == "userinfo_endpoint" || name == "end_session_endpoint") {
			continue
		}
		if u, err := url.Parse(endpoint); err != nil || !weburl.Secure(u) {
			return &setupError{fmt.Sprintf("the provider's %s is missing or not https", name)}
		}
	}
	return nil
}

// authStyle returns how the client authenticates. x/oauth2 would find out by trying both ways, which uses
// the code up at some providers. A document without the list means client_secret_basic (OpenID Connect
// Discovery 1.0 §3).
func (m *metadata) authStyle(cfg *Config) oauth2.AuthStyle {
	basic := len(m.TokenAuth) == 0 || slices.Contains(m.TokenAuth, clientSecretBasic)
	if cfg.TokenEndpointAuthMethod != "" {
		basic = cfg.TokenEndpointAuthMethod == clientSecretBasic
	}
	if cfg.hasSecret() && basic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// signingAlgorithms returns those that the provider says it signs with, without "none" and HMAC.
func (m *metadata) signingAlgorithms() []string {
	algorithms := slices.DeleteFunc(slices.Clone(m.Algorithms), func(a string) bool { return !slices.Contains(provider.Algorithms, a) })
	if len(algorithms) == 0 {
		return []string{oidc.RS256} // which every provider must support
	}
	return algorithms
}

// verify lets check verify a token with the provider's keys. Its error wraps refused if the token was judged, and
// does not if the keys are not available.
func (p *idProvider) verify(keys oidc.KeySet, refused error, check func(*oidc.IDTokenVerifier) error) error {
	signature := &provider.Signature{Keys: keys}
	err := check(oidc.NewVerifier(p.issuer, signature, &p.checks))
	switch {
	case err == nil:
		return nil
	case signature.Unavailable != nil:
		return fmt.Errorf("oidclogin: a signature cannot be checked: %s", provider.Brief(signature.Unavailable))
	}
	return fmt.Errorf("%w: %s", refused, provider.Brief(err))
}
