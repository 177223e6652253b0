package middleware

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// BearerConfig is what [NewBearer] makes a gate from. The first two fields are required; the zero value
// of every other one is a safe default.
type BearerConfig struct {
	// Issuer is the provider's identifier, exactly as its tokens and its discovery document write it: an
	// https URL, or http on a loopback address.
	Issuer string

	// Audience must be among those that the token is meant for: for ID tokens the client ID of the
	// single-page application, for access tokens what the provider knows this service by.
	Audience string

	// Keys check signatures. An error of theirs that is a [net.Error] is doubt, and any other the
	// verdict that the signature is not good. Default: the keys that the issuer publishes.
	Keys oidc.KeySet

	// Algorithms are those that a token may be signed with. Default: RS256, ES256 and EdDSA.
	Algorithms []string

	// AccessTokens accepts nothing but access tokens that say so in their header (RFC 9068 §4: a typ of
	// at+jwt). By default ID tokens count as well, and what kind a token is depends on Audience alone.
	AccessTokens bool

	// Scopes must all have been granted to the token, in its scope or scp. Default: none is asked for.
	Scopes []string

	// Clients are those whom the token may have been issued to, as its azp or client_id says. Default:
	// any client that the provider lets have a token for Audience.
	Clients []string

	// GroupsClaim is where the groups are: the name of a claim, or a path such as realm_access.roles.
	// Default: groups. Its value is an array of names, or one name.
	GroupsClaim string

	// Skew is how far the provider's clock and this one may be apart, at most 5 minutes. Default: 10
	// seconds; less than zero is none.
	Skew time.Duration

	// Remember is how long a token that was good is not checked again, at most. Default: 5 minutes; less
	// than zero is not at all.
	Remember time.Duration

	// Realm is what the answers call the protected space. Default: pme.
	Realm string

	// LoginURL is the address of the page where people sign in, as for [LoginAt]. With it nobody who
	// opens a page is redirected there, and a 401 names it. Default: there is none, and nobody gets 401.
	LoginURL string

	// HTTPClient calls the provider: its Transport and its Timeout are used, and size limits and the
	// refusal of redirects added. Default: one with a timeout of 10 seconds.
	HTTPClient *http.Client

	// Logger gets one record for each refusal, never with a token in it, and one for each time that the
	// keys could not be fetched. Default: none.
	Logger *slog.Logger

	// Now is the time. Default: time.Now.
	Now func() time.Time
}

// signatures are the algorithms that Algorithms may name: those of go-oidc, all of which are asymmetric.
var signatures = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512,
	oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// withDefaults returns cfg with its defaults, and with its own copies of what the host might change.
func (cfg BearerConfig) withDefaults() BearerConfig {
	cfg.Algorithms = slices.Clone(cfg.Algorithms)
	cfg.Scopes = slices.Clone(cfg.Scopes)
	cfg.Clients = slices.Clone(cfg.Clients)
	if len(cfg.Algorithms) == 0 {
		cfg.Algorithms = []string{oidc.RS256, oidc.ES256, oidc.EdDSA}
	}
	setDefault(&cfg.GroupsClaim, "groups")
	setDefault(&cfg.Skew, 10*time.Second)
	setDefault(&cfg.Remember, 5*time.Minute)
	setDefault(&cfg.Realm, "pme")
	setDefault(&cfg.Logger, slog.New(slog.DiscardHandler))
	cfg.Skew = max(cfg.Skew, 0)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// validate reports everything that is wrong with cfg.
func (cfg BearerConfig) validate() (refusal, error) {
	o := &options{returnParam: "next", logger: cfg.Logger}
	must := func(right bool, what string) {
		if !right {
			o.reject(errors.New(what))
		}
	}
	issuer, err := url.Parse(cfg.Issuer)
	must(err == nil && secureURL(issuer) && !strings.ContainsAny(cfg.Issuer, "?#"),
		"Issuer must be the https URL that the provider calls itself, without query or fragment")
	must(cfg.Audience != "", "Audience is missing: without it, a token that somebody gave to any other service would do")
	for _, alg := range cfg.Algorithms {
		must(slices.Contains(signatures, alg), fmt.Sprintf("%q is not an algorithm that can be accepted", alg))
	}
	for _, scope := range cfg.Scopes {
		must(isQuotable(scope) && !strings.Contains(scope, " "), fmt.Sprintf("%q is not a scope", scope))
	}
	must(!slices.Contains(cfg.Clients, ""), "Clients must not have an empty name among them")
	must(cfg.Skew <= 5*time.Minute, "Skew must not be more than 5 minutes")
	must(isQuotable(cfg.Realm), "Realm must be printable ASCII without quotes and backslashes")
	if cfg.LoginURL != "" {
		LoginAt(cfg.LoginURL)(o)
	}
	if err := errors.Join(o.problems...); err != nil {
		return refusal{}, fmt.Errorf("middleware: the bearer gate cannot be built: %w", err)
	}
	return newRefusal(o), nil
}

// isQuotable reports whether s may stand between the quotes of a challenge as it is.
func isQuotable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' })
}
