package serve

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/go-pme/pme/cmd/pme/internal/listen"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/secret"
)

// openGates makes the gates of all sections of login, in the order in which they are asked.
func (b *builder) openGates() {
	if b.demo != nil {
		gate, err := b.demo.gate(b)
		if err != nil {
			b.problems.note(ProblemOf("login", err))
			return
		}
		b.gate = gate
		return
	}
	var all []*middleware.Gate
	for _, open := range []func() (*middleware.Gate, error){b.headers, b.bearer, b.jwt, b.whoami, b.oidc} {
		gate, err := open()
		if gate == nil || err != nil {
			continue
		}
		all = append(all, gate)
		b.g.onClose(gate.Close)
	}
	switch {
	case b.problems.under("login"):
	case len(all) == 0:
		b.problems.add("login", "it is missing: say how people are known, by one of login.headers, login.bearer, login.jwt, login.whoami and login.oidc")
	case len(all) == 1:
		b.gate = all[0]
	default:
		gate, err := middleware.First(all...)
		if err != nil {
			b.problems.explain(err, glossary{part: "login"})
			return
		}
		b.gate = gate
	}
}

// errNotMade stands for problems that are noted.
var errNotMade = errors.New("not made")

// made returns a gate, or notes why there is none.
func (b *builder) made(gate *middleware.Gate, err error, g glossary) (*middleware.Gate, error) {
	if err != nil {
		b.problems.explain(err, g)
		return nil, errNotMade
	}
	return gate, nil
}

func (b *builder) headers() (*middleware.Gate, error) {
	c := b.cfg.Login.Headers
	if c == nil {
		return nil, nil //nolint:nilnil // there is no such section
	}
	_, socket := listen.Socket(b.cfg.Addr)
	if socket && len(c.Proxies) > 0 {
		b.problems.add("login.headers.proxies", "it has no meaning on a Unix socket, where nobody has an address: remove it, and let nobody but the proxy write to the socket")
		return nil, errNotMade
	}
	gate, err := middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{
		Proxies: c.Proxies, UnsafeTrustAnyPeer: socket, User: c.User, Email: c.Email, Name: c.Name, Groups: c.Groups,
		GroupSeparator: c.GroupSeparator, EmailVerified: c.EmailVerified, SecretHeader: c.SecretHeader, Secret: c.Secret.Value(),
		LoginURL: b.cfg.Login.URL, Events: b.events, Logger: b.log,
	})
	return b.made(gate, err, headersWords)
}

func (b *builder) bearer() (*middleware.Gate, error) {
	c := b.cfg.Login.Bearer
	if c == nil {
		return nil, nil //nolint:nilnil // as above
	}
	gate, err := bearer.New(bearer.Config{
		Issuer: c.Issuer, Audience: c.Audience, DiscoveryURL: c.DiscoveryURL, Algorithms: c.Algorithms, AccessTokens: c.AccessTokens,
		Scopes: c.Scopes, Clients: c.Clients, GroupsClaim: c.GroupsClaim, GroupsFormat: c.GroupsFormat, Leeway: c.Leeway,
		LoginURL: b.cfg.Login.URL, HTTPClient: b.client(), Events: b.events, Logger: b.log,
	})
	return b.made(gate, err, bearerWords)
}

func (b *builder) oidc() (*middleware.Gate, error) {
	c := b.cfg.Login.OIDC
	if c == nil {
		return nil, nil //nolint:nilnil // as above
	}
	cfg := oidclogin.Config{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecrets: c.ClientSecret.Source(), RedirectURL: b.cfg.BaseURL + b.cfg.Paths.Auth + "/callback",
		CookieSecrets: b.cookieKeys(), TokenEndpointAuthMethod: c.TokenEndpointAuthMethod, DiscoveryURL: c.DiscoveryURL, Scopes: c.Scopes,
		Prompt: c.Prompt, MaxAge: c.MaxAge, ACRValues: c.ACRValues, RequireClaims: c.RequireClaims, AuthParams: c.AuthParams,
		IgnoreUserInfo: c.IgnoreUserInfo, GroupsClaim: c.GroupsClaim, GroupsFormat: c.GroupsFormat, IdleTimeout: c.IdleTimeout,
		Lifetime: c.Lifetime, KeepTokens: c.KeepTokens, PostLogoutURL: c.PostLogoutURL, PartitionedCookies: c.PartitionedCookies,
		Leeway: c.Leeway, HTTPClient: b.client(), Events: b.events, Logger: b.log,
	}
	if b.fleet != nil {
		cfg.Store = b.fleet.Sessions()
	}
	login, err := oidclogin.New(cfg)
	if err != nil {
		return b.made(nil, err, oidcWords)
	}
	b.auth = login
	if groups := b.cfg.Admin.Groups; len(groups) > 0 { // the policy need not name them
		login.KeepGroups(func() []string { return groups })
	}
	return login.Gate, nil
}

// cookieKeys are those of the configuration. Without any, replicas have keys that belong to those of the fleet, and a single process
// makes one for itself.
func (b *builder) cookieKeys() *secret.Source {
	if c := b.cfg.Login.OIDC; c != nil && c.CookieKeys.IsSet() {
		return c.CookieKeys.Source()
	}
	var derived []string
	for _, key := range b.fleetKeys {
		made, err := hkdf.Key(sha256.New, key, nil, "pme: cookies of the login", keySize)
		if err != nil {
			continue // the length is right
		}
		derived = append(derived, base64.StdEncoding.EncodeToString(made))
	}
	if len(derived) == 0 {
		derived = []string{rand.Text() + rand.Text()}
	}
	return secret.Fixed(derived...)
}
