package hostjwt

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

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/configtext"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/middleware/revocation"
	"github.com/go-pme/pme/secret"
)

// Config is what [New] makes a gate from. Required are Cookie or Header, the Algorithm, and the one of Keys,
// PublicKey and JWKSURL that goes with it. The zero value of every other field is a safe default.
type Config struct {
	// Cookie is the name of the cookie that has the token, and Header that of the header. Exactly one is set. In
	// Authorization the token stands after Bearer, in other headers alone.
	Cookie string
	Header string

	// Algorithm is the only one that a token may be signed with (RFC 7518 §3.1, RFC 8037 §3.1), whatever the token
	// says: HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA.
	Algorithm string

	// Keys are the secret keys of HS256, HS384 and HS512, the newest first: a token of each of them counts. The bytes
	// of a key are those of the text as it is, of at least 32, 48 or 64 bytes (RFC 7518 §3.2). Use them for
	// these tokens only: whoever knows a key can sign in as anyone. A file is read again when it changes.
	Keys *secret.Source

	// PublicKey is the key of the other algorithms, in PEM (BEGIN PUBLIC KEY), or up to four while one replaces another.
	PublicKey string

	// JWKSURL is the address of the host's key set (RFC 7517 §5): https, or http on a loopback address. It is fetched as
	// package bearer does. It needs Issuer and Audience, as other tokens may be signed by these keys.
	JWKSURL string

	// Issuer must be the iss of a token. Default: it is not looked at.
	Issuer string

	// Audience must be among those in the aud of a token. Default: a token must not have an aud, as it would be
	// meant for another service (RFC 7519 §4.1.3).
	Audience string

	// MaxLifetime is the longest time that a token may have left. Default: any, as long as it has an exp.
	MaxLifetime time.Duration

	// Leeway is how far the host's clock and this one may be apart, at most 5 minutes. Default: 10 seconds; a
	// negative duration allows none.
	Leeway time.Duration

	// Claims are the names of the claims that say who the user is. Default: see [Claims].
	Claims Claims

	// GroupsFormat is how the claim with the groups is written, as in bearer.Config. Default: an array of names, or one name.
	GroupsFormat string

	// Remember is how long a good token is not checked again, at most. Default: a minute; a negative duration
	// remembers nothing.
	Remember time.Duration

	// HTTPClient fetches the key set, as that of bearer.Config. Default: one with a timeout of 10 seconds.
	HTTPClient *http.Client

	// LoginURL, ReturnParam, Revocations and SessionLifetime are as in [middleware.Config]. Revocations compare
	// auth_time, or iat if there is none: a host that renews its tokens should write auth_time, or a renewed token
	// is one of a later session.
	LoginURL        string
	ReturnParam     string
	Revocations     revocation.Store
	SessionLifetime time.Duration

	// Events gets an event for each refused request, without the token, and one if Keys change. Default: a stream that
	// writes to Logger.
	Events *event.Stream

	// Logger gets a record for each failed fetch of the key set, and for groups that cannot be used. Default:
	// slog.Default().
	Logger *slog.Logger

	// Now is the clock that tokens, keys and what is remembered are judged by. Default: time.Now.
	Now func() time.Time
}

// Claims are names of claims. A name is exact, letter case included.
type Claims struct {
	// ID has the user's ID, a text. Default: sub.
	ID string

	// Email has the address. It counts as verified if the claim EmailVerified is true. Defaults: email,
	// email_verified.
	Email         string
	EmailVerified string

	// Name has the name to show. Default: name.
	Name string

	// Groups has the groups: a name, or a path such as realm.roles. Default: groups.
	Groups string

	// Session has the name of the session, which must not be a credential. It has to stay the same when the token is
	// renewed. Default: sid; without it, a session cannot be revoked alone.
	Session string
}

const defaultGroups = "groups"

// withDefaults returns cfg with its defaults.
func (cfg Config) withDefaults() Config {
	cfg.Header = http.CanonicalHeaderKey(cfg.Header)
	cfg.Leeway = max(0, cmp.Or(cfg.Leeway, 10*time.Second))
	cfg.Remember = cmp.Or(cfg.Remember, time.Minute)
	c := &cfg.Claims
	for _, claim := range []struct {
		name     *string
		standard string
	}{
		{&c.ID, "sub"}, {&c.Email, "email"}, {&c.EmailVerified, "email_verified"}, {&c.Name, "name"}, {&c.Groups, defaultGroups}, {&c.Session, "sid"},
	} {
		*claim.name = cmp.Or(*claim.name, claim.standard)
	}
	cfg.Logger = event.LoggerOr(cfg.Logger)
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// notToken are headers that have another meaning, or that others than the client write.
var notToken = []string{"Cookie", "Host", "Connection", "Forwarded", "Content-Length", "Transfer-Encoding"}

// validate reports everything that is wrong with cfg, but for the keys and what package middleware has to say.
func (cfg Config) validate() error {
	t := configtext.Check{Room: "hostjwt"}
	t.Text("Cookie", cfg.Cookie)
	t.Text("Header", cfg.Header)
	t.Text("Issuer", cfg.Issuer)
	t.Text("Audience", cfg.Audience)
	t.Address("JWKSURL", cfg.JWKSURL)
	c := cfg.Claims
	t.Texts("Claims", []string{c.ID, c.Email, c.EmailVerified, c.Name, c.Groups, c.Session})
	errs := t.Problems
	must := func(right bool, problem string) {
		if !right {
			errs = append(errs, errors.New("hostjwt: "+problem))
		}
	}
	must((cfg.Cookie == "") != (cfg.Header == ""), "Cookie or Header must say where the token is: one of them, not both")
	must(cfg.Cookie == "" || (&http.Cookie{Name: cfg.Cookie}).Valid() == nil, fmt.Sprintf("Cookie: %+.64q cannot be the name of a cookie", cfg.Cookie)) //nolint:gosec // it is never set: only the name is looked at
	must(cfg.Header == "" || isHeaderName(cfg.Header) && !slices.Contains(notToken, cfg.Header), fmt.Sprintf("Header: %+.64q cannot have a token", cfg.Header))
	must(cfg.JWKSURL == "" || cfg.Issuer != "" && cfg.Audience != "", "Issuer and Audience are required with JWKSURL: the same keys may sign tokens of other users for other services")
	must(cfg.MaxLifetime >= 0, "MaxLifetime must not be negative")
	must(cfg.Leeway <= 5*time.Minute, "Leeway must not be more than 5 minutes")
	must(provider.CheckGroupsFormat(cfg.GroupsFormat) == nil, fmt.Sprint(provider.CheckGroupsFormat(cfg.GroupsFormat)))
	return errors.Join(errs...)
}

func isHeaderName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

func isSecure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && weburl.Secure(u) && u.Fragment == ""
}
