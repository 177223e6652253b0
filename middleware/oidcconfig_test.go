package middleware_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware"
)

func validOIDC() middleware.OIDCConfig {
	return middleware.OIDCConfig{
		Issuer: "https://id.example", ClientID: clientID, ClientSecret: clientSecret,
		RedirectURL: "https://intranet.example/auth/callback", Keys: [][]byte{hashKey, blockKey},
	}
}

func TestNewOIDCReportsEverythingThatIsWrong(t *testing.T) {
	_, err := middleware.NewOIDC(middleware.OIDCConfig{
		Issuer: "http://id.example", RedirectURL: "/auth/callback", Keys: [][]byte{[]byte("brief key"), []byte("odd key")},
		AuthParams: map[string]string{"state": "x"}, CookieName: "two words", PostLogoutURL: "//evil.example",
		MaxAge: -1, IdleTimeout: time.Hour, Lifetime: time.Minute, Skew: time.Hour, ClientSecret: clientSecret,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"Issuer", "ClientID", "RedirectURL", "Keys[0]", "Keys[1]", `"state"`, `"two words"`, "PostLogoutURL", "MaxAge", "IdleTimeout", "Skew",
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

func TestNewOIDCAcceptsAndRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(c *middleware.OIDCConfig)
		ok     bool
	}{
		"required fields only": {func(*middleware.OIDCConfig) {}, true},
		"loopback": {func(c *middleware.OIDCConfig) {
			c.Issuer = "http://127.0.0.1:9/"
			c.RedirectURL = "http://localhost:8080/callback"
		}, true},
		"two pairs of keys":  {func(c *middleware.OIDCConfig) { c.Keys = append(c.Keys, hashKey, blockKey) }, true},
		"public client":      {func(c *middleware.OIDCConfig) { c.ClientSecret = "" }, true},
		"odd number of keys": {func(c *middleware.OIDCConfig) { c.Keys = append(c.Keys, hashKey) }, false},
		"no keys":            {func(c *middleware.OIDCConfig) { c.Keys = nil }, false},
		"nil cipher key":     {func(c *middleware.OIDCConfig) { c.Keys = [][]byte{hashKey, nil} }, false},
		"issuer with query":  {func(c *middleware.OIDCConfig) { c.Issuer += "?x" }, false},
		"issuer with #":      {func(c *middleware.OIDCConfig) { c.Issuer += "#" }, false},
		"http callback":      {func(c *middleware.OIDCConfig) { c.RedirectURL = "http://intranet.example/auth/callback" }, false},
		"callback elsewhere": {func(c *middleware.OIDCConfig) { c.RedirectURL = "https://intranet.example/auth/done" }, false},
		"prefix in the name": {func(c *middleware.OIDCConfig) { c.CookieName = "__Host-x" }, false},
		"half a second":      {func(c *middleware.OIDCConfig) { c.MaxAge = time.Second / 2 }, false},
		"short idle time":    {func(c *middleware.OIDCConfig) { c.IdleTimeout = time.Second }, false},
	} {
		cfg := validOIDC()
		tt.change(&cfg)
		o, err := middleware.NewOIDC(cfg)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
		if o != nil {
			_ = o.Close()
		}
	}
}

func TestConfigIsTheOIDCsOwn(t *testing.T) {
	p := newIDP(t)
	params := map[string]string{"hd": "example.com"}
	s := newSite(t, p, func(c *middleware.OIDCConfig) { c.AuthParams = params })
	params["state"] = "evil"
	if state := stateOf(t, s.browser(t).open("/auth/login").location); state == "evil" {
		t.Error("the host's map is still in use")
	}
}

func TestClosedOIDCBeginsNoDiscovery(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	if err := s.oidc.Close(); err != nil {
		t.Fatal(err)
	}
	if a := b.open("/auth/login"); a.status != 503 {
		t.Errorf("status %d, want 503", a.status)
	}
}
