package pme_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/pages"
	"github.com/google/go-cmp/cmp"
)

func TestConfigFromEnv(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	empty := filepath.Join(dir, "empty")
	for path, text := range map[string]string{secret: "hush\n", empty: "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lookup := func(env map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	}
	got, err := pme.ConfigFromEnv(lookup(map[string]string{
		"MATTERPORT_CLIENT_ID": "id", "MATTERPORT_CLIENT_SECRET_FILE": secret, "MATTERPORT_SDK_KEY": "key",
		"PME_VALID_FOR": "5m", "MATTERPORT_API_URL": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got.ClientSecret != "" || !slices.Equal(got.ClientSecrets.Values(), []string{"hush"}) {
		t.Error("the secret is not what the file holds")
	}
	got.ClientSecrets = nil
	want := pme.Config{ClientID: "id", Pages: pages.Config{SDKKey: "key"}, ValidFor: 5 * time.Minute}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	several, err := pme.ConfigFromEnv(lookup(map[string]string{"MATTERPORT_CLIENT_ID": "id", "MATTERPORT_CLIENT_SECRET": "new old"}))
	if err != nil || several.ClientSecret != "" || !slices.Equal(several.ClientSecrets.Values(), []string{"new", "old"}) {
		t.Error("two values are not two secrets", err)
	}

	for name, tc := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"nothing":    {nil, []string{"MATTERPORT_CLIENT_ID is not set", "MATTERPORT_CLIENT_SECRET is not set"}},
		"both":       {map[string]string{"MATTERPORT_CLIENT_SECRET": "hush", "MATTERPORT_CLIENT_SECRET_FILE": secret}, []string{"both set"}},
		"no file":    {map[string]string{"MATTERPORT_CLIENT_ID_FILE": filepath.Join(dir, "none")}, []string{"MATTERPORT_CLIENT_ID_FILE", "no such file"}},
		"empty file": {map[string]string{"MATTERPORT_CLIENT_ID_FILE": empty}, []string{"empty file"}},
		"two spaces": {map[string]string{"MATTERPORT_CLIENT_SECRET": "hush  hush"}, []string{"MATTERPORT_CLIENT_SECRET: two spaces follow one another"}},
		"duration":   {map[string]string{"PME_VALID_FOR": "hush", "PME_REFRESH_BEFORE": "-2m"}, []string{"PME_VALID_FOR", "PME_REFRESH_BEFORE"}},
	} {
		_, err := pme.ConfigFromEnv(lookup(tc.env))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: a value is in %v", name, err)
		}
	}
}

func TestWebhookCredentialFromEnv(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hush-new-webhook-secret\nhush-old-webhook-secret\n")
	read := func(pairs ...string) (pme.Config, error) {
		env := map[string]string{"MATTERPORT_CLIENT_ID": "id", "MATTERPORT_CLIENT_SECRET": "hush"}
		for i := 0; i < len(pairs); i += 2 {
			env[pairs[i]] = pairs[i+1]
		}
		return pme.ConfigFromEnv(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	}
	for name, tc := range map[string]struct {
		env          []string
		user, header string
		secrets      []string // none: no webhook
	}{
		"nothing":  {nil, "", "", nil},
		"empty":    {[]string{"PME_WEBHOOK_SECRET", "", "PME_WEBHOOK_USER", "", "PME_WEBHOOK_HEADER", ""}, "", "", nil},
		"a token":  {[]string{"PME_WEBHOOK_SECRET", "hush-hush-hush-hush"}, "", "", []string{"hush-hush-hush-hush"}},
		"a user":   {[]string{"PME_WEBHOOK_SECRET", "new old", "PME_WEBHOOK_USER", "pme"}, "pme", "", []string{"new", "old"}},
		"a header": {[]string{"PME_WEBHOOK_SECRET_FILE", file, "PME_WEBHOOK_HEADER", "X-Secret"}, "", "X-Secret", []string{"hush-new-webhook-secret", "hush-old-webhook-secret"}},
		"both":     {[]string{"PME_WEBHOOK_SECRET", "hush", "PME_WEBHOOK_HEADER", "X-Secret", "PME_WEBHOOK_USER", "pme"}, "pme", "X-Secret", []string{"hush"}}, // New reports it
	} {
		cfg, err := read(tc.env...)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case tc.secrets == nil && cfg.Webhook != nil, tc.secrets != nil && cfg.Webhook == nil:
			t.Errorf("%s: %v", name, cfg.Webhook)
		case tc.secrets != nil && (cfg.Webhook.User != tc.user || cfg.Webhook.Header != tc.header || !slices.Equal(cfg.Webhook.Secrets.Values(), tc.secrets)):
			t.Errorf("%s: %+v", name, cfg.Webhook)
		}
	}

	cfg, err := read("PME_WEBHOOK_SECRET_FILE", file)
	if err != nil {
		t.Fatal(err)
	}
	write("hush-newest-webhook-secret\n")
	cfg.Webhook.Secrets.Look(t.Context())
	if got := cfg.Webhook.Secrets.Values(); !slices.Equal(got, []string{"hush-newest-webhook-secret"}) {
		t.Errorf("the file has changed, and there are %d secrets", len(got))
	}

	for name, tc := range map[string]struct {
		env  []string
		want string
	}{
		"no secret":     {[]string{"PME_WEBHOOK_USER", "pme", "MATTERPORT_CLIENT_ID", ""}, "PME_WEBHOOK_SECRET is not set, but"},
		"no secret too": {[]string{"PME_WEBHOOK_HEADER", "X-Secret"}, "PME_WEBHOOK_SECRET is not set, but"},
		"a line":        {[]string{"PME_WEBHOOK_SECRET", "hush\nhush"}, "PME_WEBHOOK_SECRET: the value"},
		"two secrets":   {[]string{"PME_WEBHOOK_SECRET", "hush", "PME_WEBHOOK_SECRET_FILE", file}, "both set"},
		"two users":     {[]string{"PME_WEBHOOK_SECRET", "hush", "PME_WEBHOOK_USER", "pme", "PME_WEBHOOK_USER_FILE", file}, "PME_WEBHOOK_USER and PME_WEBHOOK_USER_FILE are both set"},
		"no file":       {[]string{"PME_WEBHOOK_SECRET_FILE", file + "x", "PME_WEBHOOK_USER", "pme"}, "PME_WEBHOOK_SECRET_FILE: "},
	} {
		_, err := read(tc.env...)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
		if name != "no secret" && name != "no secret too" && strings.Contains(err.Error(), "is not set") {
			t.Errorf("%s: one problem is told twice: %v", name, err)
		}
	}
}

func TestOAuthConfigFromEnv(t *testing.T) {
	lookup := func(env map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	}
	got, err := pme.OAuthConfigFromEnv(lookup(map[string]string{
		"MATTERPORT_OAUTH_CLIENT_ID": "id", "MATTERPORT_OAUTH_CLIENT_SECRET": "hush",
		"MATTERPORT_OAUTH_REDIRECT_URL": "https://portal.example.com/callback",
		"MATTERPORT_OAUTH_SCOPES":       " ViewDetails  PurchaseAssets ", "MATTERPORT_OAUTH_TOKEN_LIFE": "15m",
		"MATTERPORT_SELECTOR_URL": "https://select.example.com/",
	}))
	want := matterport.OAuthConfig{
		ClientID: "id", ClientSecret: "hush", RedirectURL: "https://portal.example.com/callback",
		Scopes:          []matterport.Scope{matterport.ScopeViewDetails, matterport.ScopePurchaseAssets},
		AccessTokenLife: 15 * time.Minute, SelectorURL: "https://select.example.com/",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if string(got.ClientSecret) != "hush" {
		t.Error("the secret is another")
	}
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("new\nold\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := pme.OAuthConfigFromEnv(lookup(map[string]string{
		"MATTERPORT_OAUTH_CLIENT_ID": "id", "MATTERPORT_OAUTH_CLIENT_SECRET_FILE": file,
		"MATTERPORT_OAUTH_REDIRECT_URL": "https://portal.example.com/callback",
	}))
	if err != nil || read.ClientSecret != "" || !slices.Equal(read.ClientSecrets.Values(), []string{"new", "old"}) {
		t.Error("the secrets are not what the file holds", err)
	}
	_, err = pme.OAuthConfigFromEnv(lookup(map[string]string{"MATTERPORT_OAUTH_TOKEN_LIFE": "hush"}))
	for _, want := range []string{"CLIENT_ID is not set", "CLIENT_SECRET is not set", "REDIRECT_URL is not set", "TOKEN_LIFE is no duration"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("a value is in %v", err)
	}
	least, err := pme.OAuthConfigFromEnv(lookup(map[string]string{
		"MATTERPORT_OAUTH_CLIENT_ID": "id", "MATTERPORT_OAUTH_CLIENT_SECRET": "hush",
		"MATTERPORT_OAUTH_REDIRECT_URL": "https://portal.example.com/callback",
	}))
	if err != nil || len(least.Scopes) != 1 || least.Scopes[0] != matterport.ScopeViewDetails {
		t.Errorf("%v, %v", least.Scopes, err)
	}
}
