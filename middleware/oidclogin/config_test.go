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
		"short idle time":    {func(c *oidclogin.Config) { c.IdleTimeout = time.Second }, false},
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
