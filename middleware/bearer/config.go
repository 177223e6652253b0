package bearer

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/configtext"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/weburl"
)

// Config is what [New] makes a gate from. The first two fields are required; the zero value of every
// other one is a safe default.
type Config struct {
	// Issuer is the provider's identifier, exactly as its tokens and its discovery document write it: an
	// https URL, or http on a loopback address.
	Issuer string

	// Audience must be among those that the token is meant for: for ID tokens the client ID of the
	// single-page application, for access tokens what the provider knows this service by.
	Audience string

	// DiscoveryURL is the address of the discovery document, which must still name Issuer. Azure AD B2C needs
	// it. Default: Issuer and /.well-known/openid-configuration.
	DiscoveryURL string

	// KeySet checks signatures. If its error is a [net.Error], the request gets 503; any other error means
	// that the signature is not good. Default: the keys that the issuer publishes.
	KeySet oidc.KeySet

	// Algorithms are those that a token may be signed with. Default: RS256, ES256 and EdDSA.
	Algorithms []string

	// AccessTokens accepts only access tokens that say so in their header (RFC 9068 §4: a typ of at+jwt).
	// By default ID tokens are accepted as well, and Audience alone decides what a token is for.
	AccessTokens bool

	// Scopes must all have been granted to the token, in its scope or scp. Default: none is required.
	Scopes []string

	// Clients are those that the token may have been issued to, as its azp or client_id says. Default: any
	// client to which the provider issues tokens for Audience.
	Clients []string

	// GroupsClaim is the claim that has the groups: its name, or a path such as realm_access.roles. Names in
	// a path may have dots in them: of several ways to read it, the longest name counts. Default: groups.
	// If no user has it, the log says so once.
	GroupsClaim string

	// GroupsFormat is how the claim is written: as an array of names or as one name (the default); as "json", a
	// text with such an array in it; as "comma", a text with names between commas; or as "keys", an object
	// whose keys are the names. An array of names is read in each of them. A group that is not text is left
	// out, and the log says so. A claim of another form makes the token invalid.
	GroupsFormat string

	// Leeway is how far the provider's clock and this one may be apart, at most 5 minutes. Default: 10
	// seconds; a negative duration allows none.
	Leeway time.Duration

	// Remember is how long a valid token is not checked again, at most. Default: 5 minutes; a negative
	// duration remembers nothing.
	Remember time.Duration

	// Realm is the realm in the answers' WWW-Authenticate header. Default: pme.
	Realm string

	// LoginURL is as in [middleware.Config]. Default: none.
	LoginURL string

	// HTTPClient calls the provider: its Transport and its Timeout are used, and size limits and the
	// refusal of redirects added. If this machine reaches the provider at another address than browsers do,
	// its Transport dials that; package oidclogin has an example. Default: one with a timeout of 10 seconds.
	HTTPClient *http.Client

	// Events gets an event for each refused request, without the token. Default: a stream that writes to
	// Logger.
	Events *event.Stream

	// Logger gets a record for each failed fetch of the keys, and for groups that cannot be used. Default:
	// slog.Default().
	Logger *slog.Logger

	// Now is the clock that tokens, keys and what is remembered are judged by. Default: time.Now.
	Now func() time.Time
}

const defaultGroupsClaim = "groups"

// withDefaults returns cfg with its defaults, and with its own copies of what the host might change.
func (cfg Config) withDefaults() Config {
	cfg.Algorithms = slices.Clone(cfg.Algorithms)
	cfg.Scopes = slices.Clone(cfg.Scopes)
	cfg.Clients = slices.Clone(cfg.Clients)
	if len(cfg.Algorithms) == 0 {
		cfg.Algorithms = []string{oidc.RS256, oidc.ES256, oidc.EdDSA}
	}
	cfg.GroupsClaim = cmp.Or(cfg.GroupsClaim, defaultGroupsClaim)
	cfg.Leeway = max(0, cmp.Or(cfg.Leeway, 10*time.Second))
	cfg.Remember = cmp.Or(cfg.Remember, 5*time.Minute)
	cfg.Realm = cmp.Or(cfg.Realm, "pme")
	cfg.Logger = event.LoggerOr(cfg.Logger)
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// validate reports everything that is wrong with cfg, but for LoginURL.
func (cfg Config) validate() error {
	var errs []error
	must := func(right bool, problem string) {
		if !right {
			errs = append(errs, errors.New("bearer: "+problem))
		}
	}
	t := configtext.Check{Room: "bearer"}
	t.Address("Issuer", cfg.Issuer)
	t.Address("DiscoveryURL", cfg.DiscoveryURL)
	t.Text("Audience", cfg.Audience)
	t.Texts("Clients", cfg.Clients)
	t.Text("GroupsClaim", cfg.GroupsClaim)
	t.Text("Realm", cfg.Realm)
	errs = append(errs, t.Problems...)
	issuer, err := url.Parse(cfg.Issuer)
	must(err == nil && weburl.Secure(issuer) && !strings.ContainsAny(cfg.Issuer, "?#"),
		"Issuer must be the https URL that the provider calls itself, without query or fragment; it is "+weburl.Quote(cfg.Issuer))
	discovery, err := url.Parse(cfg.DiscoveryURL)
	must(cfg.DiscoveryURL == "" || err == nil && weburl.Secure(discovery) && !strings.Contains(cfg.DiscoveryURL, "#"),
		"DiscoveryURL must be the https URL of the discovery document, without fragment")
	must(cfg.Audience != "", "Audience is missing: without it, a token that was issued for any other service would be accepted")
	for _, alg := range cfg.Algorithms {
		must(slices.Contains(provider.Algorithms, alg), fmt.Sprintf("Algorithms: %q cannot be accepted", alg))
	}
	for _, scope := range cfg.Scopes {
		must(isQuotable(scope) && !strings.Contains(scope, " "), fmt.Sprintf("Scopes: %q is not a scope", scope))
	}
	must(provider.CheckGroupsFormat(cfg.GroupsFormat) == nil, fmt.Sprint(provider.CheckGroupsFormat(cfg.GroupsFormat)))
	must(!slices.Contains(cfg.Clients, ""), "Clients must not have an empty name among them")
	must(cfg.Leeway <= 5*time.Minute, "Leeway must not be more than 5 minutes")
	must(isQuotable(cfg.Realm), "Realm must be printable ASCII without quotes and backslashes")
	return errors.Join(errs...)
}

// isQuotable reports whether s may stand between the quotes of a challenge as it is.
func isQuotable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' })
}
