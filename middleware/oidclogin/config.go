package oidclogin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/configtext"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin/internal/memory"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/secret"
)

// Config is what [New] makes a [Login] from. The first four fields are required, and ClientSecret for every
// provider that has issued one. A Config prints as its issuer and client ID only.
type Config struct {
	// Issuer is the provider's identifier, exactly as its discovery document writes it: an https URL,
	// or http on a loopback address.
	Issuer string

	// ClientID is the application's identifier at the provider.
	ClientID string

	// RedirectURL is the absolute address of the callback, as it is registered at the provider. Its last
	// element must be "callback"; login, logout and backchannel-logout are beside it. Over https every
	// cookie is Secure and has the prefix __Host-; http is for loopback addresses.
	//
	// If a proxy takes a prefix off the path, RedirectURL has it, and users come back to addresses that have
	// it too; [middleware.BehindProxy] can say more. Its origin counts as that of this site where the proxy
	// rewrites Host.
	RedirectURL string

	// CookieKeys seal the cookies, in pairs: a key of 32 or 64 bytes to authenticate with, then one of
	// 16, 24 or 32 bytes to encrypt with. The first pair seals; all of them open. To rotate, put a new
	// pair in front, and remove the last one a Lifetime later. Replicas need the same keys.
	CookieKeys [][]byte

	// CookieSecrets are keys that are replaced without a restart: texts of at least 32 bytes, such as
	// openssl rand -base64 48 makes, in a file that is read again when it changes. The first seals; all of them open. While there
	// are CookieKeys, which are not required then, these seal, so that replicas without CookieSecrets can open. docs/secrets.md
	// says in which order to change them. Default: none.
	CookieSecrets *secret.Source

	// ClientSecret authenticates this application to the provider. Empty means a public client, which
	// is protected by PKCE alone.
	ClientSecret string

	// ClientSecrets take the place of ClientSecret, for a secret that is replaced without a restart: a file that is read
	// again when it changes, or several values, the newest first. If the provider refuses one, another is tried. A value that
	// was accepted stays in use if those that follow it are refused. Default: none.
	ClientSecrets *secret.Source

	// TokenEndpointAuthMethod is how ClientSecret is sent: client_secret_basic or client_secret_post. Default: as
	// the discovery document says, and client_secret_basic if it names both.
	TokenEndpointAuthMethod string

	// DiscoveryURL is the address of the discovery document, which must still name Issuer. Azure AD B2C needs
	// it. Default: Issuer and /.well-known/openid-configuration.
	DiscoveryURL string

	// Scopes are requested in addition to openid. Default: profile and email. Most providers issue a
	// refresh token only with offline_access.
	Scopes []string

	// Prompt is sent as prompt, for instance "select_account" or "login". Default: not sent.
	Prompt string

	// MaxAge is how long ago the user may have authenticated at the provider. It is sent as max_age in
	// whole seconds, and auth_time is checked. Default: the provider decides.
	MaxAge time.Duration

	// ACRValues are sent as acr_values, the preferred one first. A login is accepted only if its acr is
	// one of them. Default: none are requested.
	ACRValues []string

	// RequireClaims are claims, by name and value, that the ID token must have. {"hd": "example.com"} is
	// how Google tells a company's accounts from private ones with the company's addresses. Default:
	// none.
	RequireClaims map[string]string

	// AllowMissingAZP accepts an ID token for several audiences, ClientID among them, that does not say in azp
	// which client it was issued to. An azp of another client is refused in any case. Default: it is refused.
	AllowMissingAZP bool

	// AuthParams are further parameters of the authorization request, such as "hd" or "access_type".
	// Those that the protocol itself depends on cannot be set.
	AuthParams map[string]string

	// IgnoreUserInfo says that the ID token is all there is: the userinfo endpoint is not called. Set it if the
	// endpoint refuses this application for good. Default: it is called for what the ID token lacks. If it
	// fails, the e-mail address is unverified and the name empty; a user whose groups it might have told
	// cannot sign in.
	IgnoreUserInfo bool

	// GroupsClaim is the claim that has the groups: its name, or a path such as realm_access.roles. Names in
	// a path may have dots in them: of several ways to read it, the longest name counts. Default: groups.
	// If no user has it, the log says so once.
	GroupsClaim string

	// GroupsFormat is how the claim is written: as an array of names or as one name (the default); as "json", a
	// text with such an array in it; as "comma", a text with names between commas; or as "keys", an object
	// whose keys are the names. An array of names is read in each of them. A group that is not text is left
	// out, and the log says so. A user with a claim of another form has no groups, and the log says so.
	GroupsFormat string

	// KeepGroup reports whether a group is kept in the session, and so in identity.User.Groups. It must not
	// block. Set it if the application itself looks at groups: it decides alone, also against the policy.
	// Default: the groups that the policies of package pme behind this login name, those that differ from
	// them only in spelling, and all groups as long as there is no such policy or one cannot say.
	//
	// About 150 group IDs of 36 characters fit into the cookie. More are in Store, up to 3,800; beyond that
	// the user cannot sign in.
	KeepGroup func(group string) bool

	// ResolveGroups finds the groups of a user whose groups do not fit into the token. Default: such a
	// user cannot sign in, since a session without groups would be wrong.
	ResolveGroups func(ctx context.Context, o GroupOverage) ([]string, error)

	// IdleTimeout ends a session that is not used. Default: 2 hours. The session is extended once a
	// quarter of it has passed, so an unused session may end after three quarters of it.
	IdleTimeout time.Duration

	// Lifetime ends a session however much it is used. Default: 12 hours.
	Lifetime time.Duration

	// Store holds what a cookie cannot, such as which sessions have ended. Replicas need a shared one.
	// Default: a store for this process, as of [NewMemoryStore], on the clock of Now.
	Store store.Store

	// KeepTokens keeps the refresh token and the ID token in Store, sealed. Sessions are then renewed
	// silently as the provider's tokens expire, and signing out sends id_token_hint, without which Okta
	// refuses to sign out and Keycloak asks first. If the hint makes the address longer than 2 KB, it is left
	// out. Default: tokens are dropped once their claims have been read; the log warns once of a provider
	// with an end_session_endpoint.
	KeepTokens bool

	// PostLogoutURL is where users arrive after signing out: an absolute URL that is registered at the
	// provider, or a local path, which gets the prefix that a proxy takes off, unless it begins with it. A local
	// path is not sent to the provider, which may show a page of its own then. Default: the path of the endpoint
	// signed-out, beside RedirectURL. To come back to it from the provider, set and register its absolute URL,
	// such as https://intranet.example.com/auth/signed-out.
	PostLogoutURL string

	// EndSessionParams are further parameters for the provider's end_session_endpoint, such as logout_uri at
	// Amazon Cognito. Those that OpenID Connect defines the login sets itself.
	EndSessionParams map[string]string

	// CookieName is the session cookie's name without prefix. Default: pme-session.
	CookieName string

	// PartitionedCookies sets SameSite=None and Partitioned on every cookie of the login, for an application that is
	// framed by a portal on another site. It needs https. It costs the protection of SameSite=Lax: a form
	// of any site reaches the application with the session, so every handler that changes something needs
	// [http.CrossOriginProtection], which those of this module have. Each portal has sessions of its own, and the provider
	// must let itself be framed too. docs/identity-providers.md says more. Default: SameSite=Lax.
	PartitionedCookies bool

	// Leeway is how far the provider's clock and this one may be apart, at most 5 minutes. Default: 30
	// seconds.
	Leeway time.Duration

	// HTTPClient calls the provider: its Transport and its Timeout are used, and size limits and the
	// refusal of redirects added. If this machine reaches the provider at another address than browsers do,
	// its Transport dials that: see the example. Default: one with a timeout of 10 seconds.
	HTTPClient *http.Client

	// Events gets an event for each sign-in, sign-out, refused login and refused request, without cookies,
	// tokens or codes. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets what is no event, such as a provider that cannot be reached. Default: slog.Default().
	Logger *slog.Logger

	// Now is the clock by which everything in this package is judged: logins, tokens, keys, sessions,
	// pauses, and the default Store. Only time limits of calls run on the machine's own clock. Default:
	// time.Now.
	Now func() time.Time
}

// Format writes issuer and client ID and no secret, for every verb but %p and %w: package fmt does not ask
// for these, and go vet reports them for a Config.
func (c Config) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, c.text())
}

// MarshalText returns what Format writes, for package slog and for encoders such as that of JSON.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.text()), nil }

func (c Config) text() string { return "oidclogin.Config{" + c.Issuer + " " + c.ClientID + "}" }

const defaultGroupsClaim = "groups"

// withDefaults returns c with its defaults, and with its own copies of what the host might change.
func (c Config) withDefaults() Config {
	if c.Scopes == nil {
		c.Scopes = []string{"profile", "email"}
	}
	c.Scopes = append([]string{"openid"}, slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == "openid" })...)
	c.ACRValues = slices.Clone(c.ACRValues)
	c.AuthParams = maps.Clone(c.AuthParams)
	c.EndSessionParams = maps.Clone(c.EndSessionParams)
	c.RequireClaims = maps.Clone(c.RequireClaims)
	c.GroupsClaim = cmp.Or(c.GroupsClaim, defaultGroupsClaim)
	c.CookieName = cmp.Or(c.CookieName, "pme-session")
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 2*time.Hour)
	c.Lifetime = cmp.Or(c.Lifetime, 12*time.Hour)
	c.Leeway = cmp.Or(c.Leeway, 30*time.Second)
	c.Logger = event.LoggerOr(c.Logger)
	c.Events = event.OrLog(c.Events, c.Logger)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Store == nil {
		c.Store = memory.New(c.Now)
	}
	return c
}

// validate reports everything that is wrong with c. The values of secrets are not in its error.
func (c Config) validate() error {
	var errs []error
	must := func(right bool, format string, args ...any) {
		if !right {
			errs = append(errs, fmt.Errorf("oidclogin: "+format, args...))
		}
	}
	errs = append(errs, c.checkText()...)
	must(isPlainURL(c.Issuer), "Issuer must be the https URL that the provider calls itself, without query or fragment; it is %s", weburl.Quote(c.Issuer))
	must(c.ClientID != "", "ClientID is missing: the provider shows it where the application is registered")
	must(isCallback(c.RedirectURL), "RedirectURL must be an absolute https URL that ends in /%s (http on a loopback address); it is %s", callbackPath, weburl.Quote(c.RedirectURL))
	must(c.DiscoveryURL == "" || isSecureURL(c.DiscoveryURL), "DiscoveryURL must be the https URL of the discovery document, without fragment")
	must(slices.Contains([]string{"", clientSecretBasic, clientSecretPost}, c.TokenEndpointAuthMethod),
		"TokenEndpointAuthMethod must be %s or %s, or empty; %q is not", clientSecretBasic, clientSecretPost, c.TokenEndpointAuthMethod)
	must(c.ClientSecret == "" || c.ClientSecrets == nil, "ClientSecret and ClientSecrets are both set: set one of them")
	must(c.checkSecrets() == nil, "ClientSecrets: %w", c.checkSecrets())
	must(c.TokenEndpointAuthMethod == "" || c.hasSecret(), "TokenEndpointAuthMethod says how ClientSecret is sent, which is missing")
	if err := sealed.CheckKeys(c.CookieKeys); err != nil && (c.CookieSecrets == nil || len(c.CookieKeys) > 0) {
		errs = append(errs, err)
	}
	must(checkCookieSecrets(c.CookieSecrets) == nil, "CookieSecrets: %w", checkCookieSecrets(c.CookieSecrets))
	for name, value := range c.RequireClaims {
		must(name != "" && value != "", "RequireClaims has an empty name or value, which would require nothing: remove it")
	}
	for name := range c.AuthParams {
		must(!slices.Contains(protocolParams, name), "AuthParams cannot set %q, which the login itself depends on: remove it", name)
	}
	for name := range c.EndSessionParams {
		must(!slices.Contains(endSessionParams, name), "EndSessionParams cannot set %q, which the login sets itself: remove it", name)
	}
	must(!c.PartitionedCookies || strings.HasPrefix(c.RedirectURL, "https:"), "PartitionedCookies needs an https RedirectURL: browsers want such cookies Secure")
	valid := (&http.Cookie{Name: c.CookieName}).Valid() == nil //nolint:gosec // it is never set: only the name is looked at
	must(valid && !strings.HasPrefix(c.CookieName, "__"), "CookieName must be the name of a cookie, without a prefix such as __Host-; %q is not", c.CookieName)
	must(c.PostLogoutURL == "" || isLocalOrSecure(c.PostLogoutURL), "PostLogoutURL must be a local path or an absolute https URL; it is %s", weburl.Quote(c.PostLogoutURL))
	must(provider.CheckGroupsFormat(c.GroupsFormat) == nil, "%v", provider.CheckGroupsFormat(c.GroupsFormat))
	must(c.MaxAge >= 0 && c.MaxAge%time.Second == 0, "MaxAge must be whole seconds and not negative")
	must(c.IdleTimeout >= time.Minute && c.Lifetime >= c.IdleTimeout, "IdleTimeout must be at least a minute, and Lifetime no shorter than it")
	must(c.Leeway >= 0 && c.Leeway <= 5*time.Minute, "Leeway must be between 0 and 5 minutes")
	return errors.Join(errs...)
}

// checkText reports texts that were read from a file with more than their value, such as a line's end. Of the
// ClientSecret it says only what is wrong.
func (c Config) checkText() []error {
	t := configtext.Check{Room: "oidclogin"}
	t.Address("Issuer", c.Issuer)
	t.Address("DiscoveryURL", c.DiscoveryURL)
	t.Text("ClientID", c.ClientID)
	t.Address("RedirectURL", c.RedirectURL)
	t.Secret("ClientSecret", c.ClientSecret)
	t.Texts("Scopes", c.Scopes)
	t.Text("Prompt", c.Prompt)
	t.Texts("ACRValues", c.ACRValues)
	t.Map("RequireClaims", c.RequireClaims)
	t.Map("AuthParams", c.AuthParams)
	t.Map("EndSessionParams", c.EndSessionParams)
	t.Text("GroupsClaim", c.GroupsClaim)
	t.Address("PostLogoutURL", c.PostLogoutURL)
	return t.Problems
}

// isPlainURL reports whether s is an absolute address that is safe to call, without query or fragment.
func isPlainURL(s string) bool { return isSecureURL(s) && !strings.Contains(s, "?") }

func isSecureURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && weburl.Secure(u) && !strings.Contains(s, "#")
}

func isCallback(s string) bool {
	u, err := url.Parse(s)
	if err != nil || path.Base(u.Path) != callbackPath {
		return false
	}
	_, local := middleware.LocalPath(u.EscapedPath())
	return local && isPlainURL(s)
}
