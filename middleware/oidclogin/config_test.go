package oidclogin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func validConfig() oidclogin.Config {
	return oidclogin.Config{
		Issuer: "https://id.example", ClientID: clientID, ClientSecret: clientSecret,
		RedirectURL: "https://intranet.example/auth/callback", CookieKeys: [][]byte{hashKey, blockKey},
	}
}

func TestNewReportsEverythingThatIsWrong(t *testing.T) {
	_, err := oidclogin.New(oidclogin.Config{
		Issuer: "http://id.example", RedirectURL: "/auth/callback", CookieKeys: [][]byte{[]byte("brief key"), []byte("odd key")},
		AuthParams: map[string]string{"state": "x"}, CookieName: "two words", PostLogoutURL: "//evil.example",
		MaxAge: -1, IdleTimeout: time.Hour, Lifetime: time.Minute, Leeway: time.Hour, ClientSecret: clientSecret,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"Issuer", "ClientID", "RedirectURL", "CookieKeys[0]", "CookieKeys[1]", `"state"`, `"two words"`, "PostLogoutURL", "MaxAge", "IdleTimeout", "Leeway",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported in:\n%v", want, err)
		}
	}
	for _, secret := range []string{clientSecret, "brief key", "odd key"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in:\n%v", secret, err)
		}
	}
}

func TestNewAcceptsAndRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(c *oidclogin.Config)
		ok     bool
	}{
		"required fields only": {func(*oidclogin.Config) {}, true},
		"loopback": {func(c *oidclogin.Config) {
			c.Issuer = "http://127.0.0.1:9/"
			c.RedirectURL = "http://localhost:8080/callback"
		}, true},
		"two pairs of keys":  {func(c *oidclogin.Config) { c.CookieKeys = append(c.CookieKeys, hashKey, blockKey) }, true},
		"public client":      {func(c *oidclogin.Config) { c.ClientSecret = "" }, true},
		"odd number of keys": {func(c *oidclogin.Config) { c.CookieKeys = append(c.CookieKeys, hashKey) }, false},
		"no keys":            {func(c *oidclogin.Config) { c.CookieKeys = nil }, false},
		"nil cipher key":     {func(c *oidclogin.Config) { c.CookieKeys = [][]byte{hashKey, nil} }, false},
		"issuer with query":  {func(c *oidclogin.Config) { c.Issuer += "?x" }, false},
		"issuer with #":      {func(c *oidclogin.Config) { c.Issuer += "#" }, false},
		"http callback":      {func(c *oidclogin.Config) { c.RedirectURL = "http://intranet.example/auth/callback" }, false},
		"callback elsewhere": {func(c *oidclogin.Config) { c.RedirectURL = "https://intranet.example/auth/done" }, false},
		"prefix in the name": {func(c *oidclogin.Config) { c.CookieName = "__Host-x" }, false},
		"half a second":      {func(c *oidclogin.Config) { c.MaxAge = time.Second / 2 }, false},
		"discovery with a query": {func(c *oidclogin.Config) {
			c.DiscoveryURL = "https://b2c.example/v2.0/.well-known/openid-configuration?p=x"
		}, true},
		"plain discovery":         {func(c *oidclogin.Config) { c.DiscoveryURL = "http://b2c.example/" }, false},
		"discovery with #":        {func(c *oidclogin.Config) { c.DiscoveryURL = "https://b2c.example/#" }, false},
		"local discovery":         {func(c *oidclogin.Config) { c.DiscoveryURL = "/.well-known/openid-configuration" }, false},
		"secret in the form":      {func(c *oidclogin.Config) { c.TokenEndpointAuthMethod = "client_secret_post" }, true},
		"secret in the header":    {func(c *oidclogin.Config) { c.TokenEndpointAuthMethod = "client_secret_basic" }, true},
		"private key":             {func(c *oidclogin.Config) { c.TokenEndpointAuthMethod = "private_key_jwt" }, false},
		"method without a secret": {func(c *oidclogin.Config) { c.TokenEndpointAuthMethod, c.ClientSecret = "client_secret_post", "" }, false},
		"logout_uri":              {func(c *oidclogin.Config) { c.EndSessionParams = map[string]string{"logout_uri": "https://x"} }, true},
		"another client_id":       {func(c *oidclogin.Config) { c.EndSessionParams = map[string]string{"client_id": "x"} }, false},
		"another id_token_hint":   {func(c *oidclogin.Config) { c.EndSessionParams = map[string]string{"id_token_hint": "x"} }, false},
		"another way out":         {func(c *oidclogin.Config) { c.EndSessionParams = map[string]string{"post_logout_redirect_uri": "x"} }, false},
		"partitioned":             {func(c *oidclogin.Config) { c.PartitionedCookies = true }, true},
		"partitioned without TLS": {func(c *oidclogin.Config) { c.PartitionedCookies, c.RedirectURL = true, "http://localhost/callback" }, false},
		"short idle time":         {func(c *oidclogin.Config) { c.IdleTimeout = time.Second }, false},
	} {
		cfg := validConfig()
		tt.change(&cfg)
		o, err := oidclogin.New(cfg)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
		if o != nil {
			_ = o.Close()
		}
	}
}

func TestConfigIsCopied(t *testing.T) {
	p := newIDP(t)
	params := map[string]string{"hd": "example.com"}
	s := newSite(t, p, func(c *oidclogin.Config) { c.AuthParams = params })
	params["state"] = "evil"
	if state := stateOf(t, s.browser(t).open("/auth/login").location); state == "evil" {
		t.Error("the host's map is still in use")
	}
}

func TestClosedLoginBeginsNoDiscovery(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	if err := s.login.Close(); err != nil {
		t.Fatal(err)
	}
	if a := b.open("/auth/login"); a.status != 503 {
		t.Errorf("status %d, want 503", a.status)
	}
}
