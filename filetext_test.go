package pme_test

import (
	"errors"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/pages"
)

// fromFiles are what editors, shells and PowerShell make of the value x.
var fromFiles = map[string]func(x string) string{
	"LF":              func(x string) string { return x + "\n" },
	"CR LF":           func(x string) string { return x + "\r\n" },
	"CR":              func(x string) string { return x + "\r" },
	"byte order mark": func(x string) string { return "\ufeff" + x },
	"both":            func(x string) string { return "\ufeff" + x + "\r\n" },
	"UTF-16": func(x string) string {
		return "\xff\xfe" + strings.Join(strings.Split(x, ""), "\x00") + "\x00\r\x00\n\x00"
	},
	"space":            func(x string) string { return x + " " },
	"no-break space":   func(x string) string { return x + "\u00a0" },
	"zero-width space": func(x string) string { return x + "\u200b" },
}

// textFields makes a configuration with the text in one field, and returns the error of its constructor.
var textFields = map[string]struct {
	value  string
	secret bool
	make   func(text string) error
}{
	"oidclogin ClientID":      {"intranet", false, oidcError(func(c *oidclogin.Config, x string) { c.ClientID = x })},
	"oidclogin ClientSecret":  {"hush-hush", true, oidcError(func(c *oidclogin.Config, x string) { c.ClientSecret = x })},
	"oidclogin Issuer":        {"https://id.example", false, oidcError(func(c *oidclogin.Config, x string) { c.Issuer = x })},
	"oidclogin RedirectURL":   {"https://a.example/callback", false, oidcError(func(c *oidclogin.Config, x string) { c.RedirectURL = x })},
	"oidclogin PostLogoutURL": {"https://a.example/bye", false, oidcError(func(c *oidclogin.Config, x string) { c.PostLogoutURL = x })},
	"oidclogin GroupsClaim":   {"roles", false, oidcError(func(c *oidclogin.Config, x string) { c.GroupsClaim = x })},
	"oidclogin Scopes":        {"offline_access", false, oidcError(func(c *oidclogin.Config, x string) { c.Scopes = []string{x} })},
	"oidclogin RequireClaims": {"example.com", true, oidcError(func(c *oidclogin.Config, x string) { c.RequireClaims = map[string]string{"hd": x} })},
	"oidclogin AuthParams":    {"example.com", true, oidcError(func(c *oidclogin.Config, x string) { c.AuthParams = map[string]string{"hd": x} })},
	"oidclogin CookieKeys[0]": {strings.Repeat("k", 40), true, oidcError(func(c *oidclogin.Config, x string) { c.CookieKeys[0] = []byte(x) })},
	"oidclogin CookieKeys[1]": {strings.Repeat("k", 30), true, oidcError(func(c *oidclogin.Config, x string) { c.CookieKeys[1] = []byte(x) })},
	"bearer Audience":         {"spa-client", false, bearerError(func(c *bearer.Config, x string) { c.Audience = x })},
	"bearer Issuer":           {"https://id.example", false, bearerError(func(c *bearer.Config, x string) { c.Issuer = x })},
	"bearer Clients":          {"spa-client", false, bearerError(func(c *bearer.Config, x string) { c.Clients = []string{x} })},
	"bearer GroupsClaim":      {"roles", false, bearerError(func(c *bearer.Config, x string) { c.GroupsClaim = x })},
	"pages SDKKey": {"abcdefgh", false, func(x string) error {
		_, err := pages.New(pages.Config{SDKKey: x})
		return err
	}},
	"pages ShowcaseURL": {"https://my.matterport.com", false, func(x string) error {
		_, err := pages.New(pages.Config{ShowcaseURL: x})
		return err
	}},
	"middleware Secret": {"a secret of sixteen bytes", true, func(x string) error {
		_, err := middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{
			Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}, User: "X-User", SecretHeader: "X-Secret", Secret: x,
		})
		return err
	}},
	"middleware LoginURL": {"https://login.example.com/", false, func(x string) error {
		_, err := middleware.New(byUser, middleware.Config{LoginURL: x})
		return err
	}},
	"matterport ClientID":     {"an-id", true, matterportError(func(c *matterport.Config, x string) { c.ClientID = x })},
	"matterport ClientSecret": {"hush-hush", true, matterportError(func(c *matterport.Config, x string) { c.ClientSecret = matterport.Secret(x) })},
	"matterport BaseURL":      {"https://api.matterport.com", true, matterportError(func(c *matterport.Config, x string) { c.BaseURL = x })},
}

var byUser = middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{}, nil })

func oidcError(set func(*oidclogin.Config, string)) func(string) error {
	return func(x string) error {
		cfg := oidclogin.Config{
			Issuer: "https://id.example", ClientID: "id", RedirectURL: "https://a.example/callback",
			CookieKeys: [][]byte{[]byte(strings.Repeat("a", 32)), []byte(strings.Repeat("b", 32))},
		}
		set(&cfg, x)
		l, err := oidclogin.New(cfg)
		if l != nil {
			err = errors.Join(err, l.Close())
		}
		return err
	}
}

func bearerError(set func(*bearer.Config, string)) func(string) error {
	return func(x string) error {
		cfg := bearer.Config{Issuer: "https://id.example", Audience: "spa"}
		set(&cfg, x)
		g, err := bearer.New(cfg)
		if g != nil {
			err = errors.Join(err, g.Close())
		}
		return err
	}
}

func matterportError(set func(*matterport.Config, string)) func(string) error {
	return func(x string) error {
		cfg := matterport.Config{ClientID: "id", ClientSecret: "s"}
		set(&cfg, x)
		c, err := matterport.New(cfg)
		if c != nil {
			err = errors.Join(err, c.Close())
		}
		return err
	}
}

func TestEveryConfigurationReportsWhatAFileAddsToAValue(t *testing.T) {
	for field, test := range textFields {
		_, name, _ := strings.Cut(field, " ")
		for how, change := range fromFiles {
			if how == "zero-width space" && strings.Contains(name, "CookieKeys") {
				continue // a key is any bytes
			}
			err := test.make(change(test.value))
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s with %s: %v", field, how, err)
				continue
			}
			if quoted := strings.Contains(err.Error(), test.value[:4]); quoted && test.secret {
				t.Errorf("%s with %s is quoted: %v", field, how, err)
			} else if !quoted && !test.secret && how != "UTF-16" {
				t.Errorf("%s with %s is not quoted: %v", field, how, err)
			}
		}
	}
}

func TestValuesOfTheEnvironmentAreChecked(t *testing.T) {
	dir := t.TempDir()
	for how, change := range fromFiles {
		file := filepath.Join(dir, "secret")
		if err := os.WriteFile(file, []byte(change("hush-hush")), 0o600); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{"MATTERPORT_CLIENT_ID": "id", "MATTERPORT_CLIENT_SECRET_FILE": file}
		lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
		cfg, err := pme.ConfigFromEnv(lookup)
		switch how {
		case "LF", "CR LF", "CR", "byte order mark", "both":
			if err != nil || cfg.ClientSecret != "" || cfg.ClientSecrets.Values()[0] != "hush-hush" {
				t.Errorf("%s in a file: %v", how, err)
			}
		default:
			if err == nil || !strings.Contains(err.Error(), "MATTERPORT_CLIENT_SECRET_FILE") || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s in a file: %v", how, err)
			}
		}
		env = map[string]string{"MATTERPORT_CLIENT_ID": change("hush-hush"), "MATTERPORT_CLIENT_SECRET": "s", "PME_VALID_FOR": change("10m")}
		_, err = pme.ConfigFromEnv(lookup)
		for _, want := range []string{"MATTERPORT_CLIENT_ID: the value ", "PME_VALID_FOR: the value "} {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s in a variable: %v; want %s", how, err, want)
			}
		}
	}
}
