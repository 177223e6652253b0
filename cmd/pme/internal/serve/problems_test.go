package serve_test

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

// goName matches what is a name in Go alone: ClientSecret, TrustedHeaderConfig.
var goName = regexp.MustCompile(`\b[A-Z][a-z]+[A-Z]\w*|\b[a-z]+\.[A-Z]\w*`)

// problemsOf returns what is wrong with cfg, and fails if a problem is told in the words of the library, or with a secret.
func problemsOf(t *testing.T, cfg config.Config) serve.Problems {
	t.Helper()
	g, err := serve.Build(t.Context(), cfg, quiet())
	if err == nil {
		_ = g.Close()
		return nil
	}
	problems, ok := errors.AsType[serve.Problems](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	for _, p := range problems {
		text := strings.NewReplacer("OpenID", "", "PostgreSQL", "", "FileTooBig", "").Replace(p.Error())
		if name := goName.FindString(text); name != "" {
			t.Errorf("%q names %s, which is Go", p.Error(), name)
		}
		if strings.Contains(p.Error(), "hidden") {
			t.Errorf("%q has a secret in it", p.Error())
		}
	}
	return problems
}

func paths(problems serve.Problems) map[string]bool {
	all := map[string]bool{}
	for _, p := range problems {
		all[p.Path] = true
	}
	return all
}

func TestWhatIsRequiredIsNamed(t *testing.T) {
	full := func(t *testing.T) config.Config {
		cfg := small(t)
		cfg.Login.OIDC = &config.OIDC{Issuer: "https://id.example.com", ClientID: "intranet", ClientSecret: fixed("hidden-client-secret")}
		cfg.Login.Bearer = &config.Bearer{Issuer: "https://id.example.com", Audience: "spa"}
		cfg.Login.JWT = &config.JWT{Cookie: "token", Algorithm: "HS256", Key: fixed("hidden-key-of-at-least-32-bytes-of-text"), Issuer: "host", Audience: "pme"}
		cfg.Login.Whoami = &config.Whoami{URL: "http://127.0.0.1:1/whoami", Cookies: []string{"session"}}
		cfg.Fleet = config.Fleet{URL: "redis://127.0.0.1:1", Keys: fixed(keyText)}
		cfg.Connections = config.Connections{
			ClientID: "partner", ClientSecret: fixed("hidden-partner-secret"), Database: fixed(t.TempDir() + "/c.db"), Keys: fixed(keyText),
		}
		cfg.Webhook = config.Webhook{Secret: fixed("hidden-webhook-secret"), User: "matterport"}
		cfg.Audit = config.Audit{Dir: t.TempDir(), Retention: 48 * time.Hour}
		return cfg
	}
	if problems := problemsOf(t, full(t)); len(problems) > 0 {
		t.Fatalf("with everything: %v", problems)
	}
	for path, remove := range map[string]func(*config.Config){
		"matterport.client_id":     func(c *config.Config) { c.Matterport.ClientID = "" },
		"matterport.client_secret": func(c *config.Config) { c.Matterport.ClientSecret = config.Secret{} },
		"access.file":              func(c *config.Config) { c.Access.File = "" },
		"login":                    func(c *config.Config) { c.Login = config.Login{} },
		"login.headers.proxies":    func(c *config.Config) { c.Login.Headers.Proxies = nil },
		"login.headers.user":       func(c *config.Config) { c.Login.Headers.User = "" },
		"login.bearer.issuer":      func(c *config.Config) { c.Login.Bearer.Issuer = "" },
		"login.bearer.audience":    func(c *config.Config) { c.Login.Bearer.Audience = "" },
		"login.jwt.cookie":         func(c *config.Config) { c.Login.JWT.Cookie = "" },
		"login.jwt.algorithm":      func(c *config.Config) { c.Login.JWT.Algorithm = "" },
		"login.jwt.key":            func(c *config.Config) { c.Login.JWT.Key = config.Secret{} },
		"login.jwt.issuer":         func(c *config.Config) { c.Login.JWT.Issuer = "" },
		"login.jwt.audience":       func(c *config.Config) { c.Login.JWT.Audience = "" },
		"login.whoami.url":         func(c *config.Config) { c.Login.Whoami.URL = "" },
		"login.whoami.cookies":     func(c *config.Config) { c.Login.Whoami.Cookies = nil },
		"login.oidc.issuer":        func(c *config.Config) { c.Login.OIDC.Issuer = "" },
		"login.oidc.client_id":     func(c *config.Config) { c.Login.OIDC.ClientID = "" },
		"fleet.keys":               func(c *config.Config) { c.Fleet.Keys = config.Secret{} },
		"fleet.url":                func(c *config.Config) { c.Fleet.URL = "" },
		"connections.client_id":    func(c *config.Config) { c.Connections.ClientID = "" },
		"connections.client_secret": func(c *config.Config) {
			c.Connections.ClientSecret = config.Secret{}
		},
		"connections.database": func(c *config.Config) { c.Connections.Database = config.Secret{} },
		"connections.keys":     func(c *config.Config) { c.Connections.Keys = config.Secret{} },
		"webhook.secret":       func(c *config.Config) { c.Webhook.Secret = config.Secret{} },
		"audit.dir":            func(c *config.Config) { c.Audit.Dir = "" },
		"base_url":             func(c *config.Config) { c.Addr, c.BaseURL = "0.0.0.0:0", "" },
	} {
		t.Run(path, func(t *testing.T) {
			cfg := full(t)
			remove(&cfg)
			problems := problemsOf(t, cfg)
			if len(problems) != 1 || problems[0].Path != path {
				t.Errorf("%v", problems)
			}
		})
	}
}

func TestAllThatIsWrongIsNamedAtOnce(t *testing.T) {
	wide := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	problems := problemsOf(t, config.Config{
		Addr: "nowhere", BaseURL: "ftp://x", Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/8")},
		Paths:      config.Paths{Spaces: "/", Auth: "/livez", Admin: "/pme-events", Webhook: "/pme-events/x"},
		Matterport: config.Matterport{APIURL: "http://api.example.com", ShowcaseURL: "x", SDKURL: "y", SDKIntegrity: "z", SDKKey: fixed(" hidden")},
		Login: config.Login{
			Headers: &config.Headers{Proxies: wide, User: "a b", Email: "Cookie", GroupSeparator: "x", SecretHeader: "X-S", Secret: fixed("hidden")},
			Bearer:  &config.Bearer{Issuer: "x", Algorithms: []string{"none"}, Scopes: []string{""}, Clients: []string{""}, GroupsFormat: "x", Leeway: time.Hour},
			JWT:     &config.JWT{Cookie: "a b", Header: "X-Token", Algorithm: "none", Key: fixed("hidden"), JWKSURL: "http://x", PublicKey: "/nonexistent"},
			Whoami:  &config.Whoami{URL: "http://10.0.0.1/x", Cookies: []string{"a b"}, Headers: []string{"Host"}, Remember: time.Hour, Timeout: time.Hour},
			OIDC: &config.OIDC{
				Issuer: "x", ClientSecret: fixed(" hidden"), CookieKeys: fixed("hidden"), TokenEndpointAuthMethod: "x", DiscoveryURL: "x", MaxAge: -1,
				RequireClaims: map[string]string{"": ""}, AuthParams: map[string]string{"state": "x"}, GroupsFormat: "x", IdleTimeout: -1,
				PostLogoutURL: "x:", PartitionedCookies: true, Leeway: time.Hour,
			},
			URL: "x:",
		},
		Access: config.Access{File: "/nonexistent/allow.yaml"},
		Tokens: config.Tokens{ValidFor: time.Second, MintBurst: -1},
		Fleet:  config.Fleet{URL: "http://x", Keys: fixed("hidden"), OnOutage: "x"},
		Connections: config.Connections{
			ClientID: " ", ClientSecret: fixed(" hidden"), Database: fixed("postgres://u:hidden@[x/db"), Keys: fixed("hidden"), Scopes: []string{"a b"},
			TokenLife: time.Second, AuthorizeURL: "x", SelectorURL: "y",
		},
		Pages: config.Pages{
			Languages: []string{"xx"}, ContactURL: "x:", HomeURL: "x:", SignOutURL: "x:", FrameAncestors: []string{"x"}, AllowedOrigins: []string{"y"},
		},
		Webhook: config.Webhook{Secret: fixed("hidden"), User: "a", Header: "b c"},
		Audit: config.Audit{
			Dir: "/proc/x/y", Database: fixed("postgres://u:hidden@[x/db"), Mode: "x", ChainKey: fixed("hidden"), PseudonymKeys: fixed("hidden"),
		},
		Metrics: config.Metrics{Addr: "127.0.0.1:0"},
		Admin:   config.Admin{Users: []string{"alice"}},
	})
	got := paths(problems)
	for want := range strings.FieldsSeq(`addr base_url paths.spaces paths.auth paths.webhook matterport.client_id matterport.client_secret
		matterport.api_url matterport.showcase_url matterport.sdk_url matterport.sdk_integrity matterport.sdk_key login.headers.proxies
		login.headers.secret login.headers.group_separator login.url login.bearer.issuer login.bearer.audience login.bearer.algorithms
		login.bearer.scopes login.bearer.clients login.bearer.groups_format login.bearer.leeway login.oidc.issuer login.oidc.client_id
		login.oidc.client_secret login.oidc.cookie_keys login.oidc.token_endpoint_auth_method login.oidc.discovery_url login.oidc.max_age
		login.oidc.require_claims login.oidc.auth_params login.oidc.groups_format login.oidc.idle_timeout login.oidc.post_logout_url
		login.jwt.public_key login.whoami.url login.whoami.cookies login.whoami.headers login.whoami.remember login.whoami.timeout login.oidc.leeway access.file tokens.valid_for fleet.keys fleet.on_outage
		connections.client_id connections.client_secret connections.scopes connections.token_life connections.authorize_url
		connections.selector_url pages.languages pages.contact_url pages.home_url pages.sign_out_url
		pages.frame_ancestors pages.allowed_origins webhook webhook.secret webhook.header audit.dir audit.database audit.mode audit.chain_key
		audit.pseudonym_keys`) {
		if !got[want] {
			t.Errorf("%s is not named", want)
		}
		delete(got, want)
	}
	t.Logf("%d problems:\n%v\nalso named: %v", len(problems), problems, got)
}

func TestWhatIsUnsafeIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*config.Config)
		path   string
		remedy string
	}{
		"plain http over a network":    {func(c *config.Config) { c.BaseURL = "http://intranet.example.com" }, "base_url", "TLS"},
		"a socket without an address":  {func(c *config.Config) { c.Addr, c.BaseURL, c.Login.Headers.Proxies = "unix:/run/x.sock", "", nil }, "base_url", "https"},
		"tokens without a signature":   {func(c *config.Config) { jwt(c, "none") }, "login.jwt.algorithm", "HS256"},
		"a key set for every service":  {func(c *config.Config) { jwt(c, "RS256") }, "login.jwt.issuer", "login.jwt.audience"},
		"a public key that is away":    {func(c *config.Config) { jwt(c, "RS256"); c.Login.JWT.PublicKey = "missing.pem" }, "login.jwt.public_key", "no such file or directory: make it, or correct the name"},
		"proxies on a socket":          {func(c *config.Config) { c.Addr = "unix:/run/x.sock" }, "login.headers.proxies", "remove it"},
		"everybody is a proxy":         {func(c *config.Config) { c.Login.Headers.Proxies = []netip.Prefix{netip.MustParsePrefix("::/0")} }, "login.headers.proxies", "alone"},
		"every address is a proxy":     {func(c *config.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")} }, "proxies", "address: name the addresses of the proxy alone"},
		"a base with a password":       {func(c *config.Config) { c.BaseURL = "https://a:b@example.com" }, "base_url", "without user information"},
		"one file for two databases":   {func(c *config.Config) { twice(c) }, "connections.database", "a file of its own"},
		"a path in the way":            {func(c *config.Config) { c.Paths.Admin = "/pme/token" }, "paths.admin", "above or below"},
		"a short webhook secret":       {func(c *config.Config) { c.Webhook.Secret = fixed("hidden") }, "webhook.secret", "openssl"},
		"Matterport by http":           {func(c *config.Config) { c.Matterport.APIURL = "http://api.example.com" }, "matterport.api_url", "https"},
		"metrics in the way":           {func(c *config.Config) { c.Addr, c.Metrics.Addr = "127.0.0.1:8080", "127.0.0.1:8080" }, "metrics.addr", "of their own"},
		"short retention":              {func(c *config.Config) { c.Audit = config.Audit{Dir: "audit", Retention: time.Hour} }, "audit.retention", "24h"},
		"settings of a trail and none": {func(c *config.Config) { c.Audit.Mode = "required" }, "audit.dir", "remove"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := small(t)
			t.Chdir(t.TempDir())
			test.change(&cfg)
			problems := problemsOf(t, cfg)
			if len(problems) != 1 || problems[0].Path != test.path || !strings.Contains(problems[0].Error(), test.remedy) {
				t.Errorf("%v, want %s … %s", problems, test.path, test.remedy)
			}
		})
	}
}

func twice(c *config.Config) {
	c.Audit.Database = fixed("both.db")
	c.Connections = config.Connections{ClientID: "x", ClientSecret: fixed("y"), Database: fixed("both.db"), Keys: fixed(keyText)}
}

func jwt(c *config.Config, algorithm string) {
	c.Login.JWT = &config.JWT{Cookie: "token", Algorithm: algorithm}
	if algorithm == "none" {
		c.Login.JWT.Key, c.Login.JWT.Issuer, c.Login.JWT.Audience = fixed("hidden-key-of-at-least-32-bytes-of-text"), "host", "pme"
	} else {
		c.Login.JWT.JWKSURL = "https://host.example.com/keys"
	}
}
