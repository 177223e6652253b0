package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

// hush is a secret, which nothing may print.
const hush = "hush!7381#hush"

// secretive is a file with a secret in each field that has secrets.
const secretive = `
matterport: {client_secret: X, sdk_key: X}
login:
  headers: {secret: X}
  jwt: {key: X}
  oidc: {client_secret: [X, Xold], cookie_keys: X}
fleet: {password: X, keys: X}
connections: {client_secret: X, database: 'postgres://u:X@h/d', keys: X}
webhook: {secret: X}
audit: {database: X, chain_key: X, pseudonym_keys: X}
`

func TestNoSecretIsEverPrinted(t *testing.T) {
	loaded, err := config.Load(config.Sources{File: write(t, strings.ReplaceAll(secretive, "X", hush))})
	if err != nil {
		t.Fatal(err)
	}
	secrets := 0
	for _, v := range loaded.Effective() {
		if v.Value == "***" {
			secrets++
		}
	}
	if secrets != 15 {
		t.Errorf("%d secrets, want 15", secrets)
	}
	var text bytes.Buffer
	for _, value := range []any{loaded, *loaded, loaded.Config, &loaded.Config, *loaded.Config.Login.OIDC, loaded.Config.Fleet.Keys, &loaded.Config.Fleet.Keys, loaded.Effective()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&text, verb+"\n", value)
		}
		if err := json.NewEncoder(&text).Encode(value); err != nil {
			t.Error(err)
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&text, nil)} {
			slog.New(h).Info("configuration", "value", value)
		}
	}
	for _, part := range []string{hush, hush[:6], fmt.Sprintf("%x", hush)} {
		if i := strings.Index(text.String(), part); i >= 0 {
			t.Errorf("printed: …%.80s…", text.String()[max(i-40, 0):])
		}
	}
	if loaded.Config.Audit.Database.Value() == "" || loaded.Config.Login.OIDC.ClientSecret.Values()[1] != hush+"old" {
		t.Error("the values are not there")
	}
}

func TestAProblemWithASecretHasNoneInIt(t *testing.T) {
	file := write(t, hush+"\n\n"+hush+"\n")
	for _, from := range []config.Sources{
		{File: write(t, "fleet: {keys_file: "+file+"}")},
		{File: write(t, "fleet: {keys_file: '"+hush+"'}")},                               // the secret in place of its file
		{File: write(t, "fleet: {keys_file: '/"+hush+"/"+hush+"'}")},                     // base64 has slashes
		{File: write(t, "fleet:\n  url: 'redis://u:"+hush+"@h'\n")},                      // no URL, because of the #
		{File: write(t, "login: {oidc: {issuer: 'https://u:"+hush+"@h'}}")},              //
		{File: write(t, "fleet:\n  keys:\n    '"+hush+"': x\n")},                         // a mapping by mistake
		{File: write(t, "fleet: {'keys "+hush+"': x}")},                                  // no colon
		{File: write(t, "fleet: {'"+hush+"'}")},                                          //
		{File: write(t, "fleet: {keys: "+strings.Repeat(hush+" ", 20)+"}")},              // too many
		{File: write(t, "MATTERPORT_CLIENT_SECRET="+hush+"\n")},                          // another kind of file
		{File: write(t, "fleet: {keys: *"+hush+"}")},                                     // an alias
		{File: write(t, "fleet: {keys: &"+hush+" x}")},                                   // an anchor
		{File: write(t, "fleet: {keys: !"+hush+" x}")},                                   // a tag
		{File: write(t, "fleet: {keys: \"\\q"+hush+"\"}")},                               // an escape
		{File: write(t, "%"+hush+"\n")},                                                  //
		{Env: env(map[string]string{"PME_FLEET_KEY": hush, "PME_FLEET_KEY_FILE": file})}, // both
		{Env: env(map[string]string{"PME_FLEET_KEY_FILE": hush})},
		{Env: env(map[string]string{"PME_FLEET_KEY": hush + "\n"})},
		{Env: env(map[string]string{"PME_FLEET_TLS": hush, "PME_DRAIN": hush, "PME_LOG_LEVEL": hush, "PME_PROXIES": hush, "PME_TOKENS_MINT_BURST": hush})},
		{Environ: []string{"PME_FLEET_KEYS=" + hush}},
		{Flags: flags(t, "-fleet.keys_file", hush)},
	} {
		_, err := config.Load(from)
		if err == nil {
			t.Errorf("%+v is accepted", from)
			continue
		}
		text, jsonErr := json.Marshal(err)
		if jsonErr != nil {
			t.Error(jsonErr)
		}
		for _, printed := range []string{err.Error(), fmt.Sprintf("%#v %+v", err, err), string(text)} {
			if strings.Contains(printed, hush[:6]) {
				t.Errorf("printed: %s", printed)
			}
		}
	}
}

func TestEffectiveValuesSayWhereTheyAreFrom(t *testing.T) {
	loaded, err := config.Load(config.Sources{
		File: write(t, "proxies: [10.0.0.0/8, 192.0.2.1]\ntokens:\n  valid_for: 1h\n  refresh_before: 90s\nlogin:\n  oidc:\n    auth_params: {b: c, a: d}\n"),
		Env:  env(map[string]string{"PME_ADMIN_USERS": `["a b","c"]`, "PME_FLEET_TLS": "false", "PME_DRAIN": "1h30m"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]string{
		"proxies":                {"10.0.0.0/8, 192.0.2.1/32", "pme.yaml:1"},
		"tokens.valid_for":       {"1h", "pme.yaml:3"},
		"tokens.refresh_before":  {"1m30s", "pme.yaml:4"},
		"login.oidc.auth_params": {"a=d, b=c", "pme.yaml:7"},
		"admin.users":            {"a b, c", "PME_ADMIN_USERS"},
		"fleet.tls":              {"false", "PME_FLEET_TLS"},
		"drain":                  {"1h30m", "PME_DRAIN"},
	}
	for _, v := range loaded.Effective() {
		expected, said := want[v.Path]
		if !said {
			expected = [2]string{"", "default"}
		}
		if got := [2]string{v.Value, filepath.Base(v.Origin)}; got != expected {
			t.Errorf("%s: got %q, want %q", v.Path, got, expected)
		}
	}
	if loaded.Origin("addr") != "" || filepath.Base(loaded.Origin("login.oidc")) != "pme.yaml:6" {
		t.Errorf("origins %q, %q", loaded.Origin("addr"), loaded.Origin("login.oidc"))
	}
}

func TestAProblemThatOthersFindIsAtItsPlace(t *testing.T) {
	file := write(t, "login:\n  oidc:\n    issuer: https://a.example\n")
	loaded, err := config.Load(config.Sources{File: file, Env: env(map[string]string{"OIDC_CLIENT_ID": "x"})})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"login.oidc.issuer":    file + ":3: login.oidc.issuer: text: remedy",
		"login.oidc.client_id": "OIDC_CLIENT_ID: login.oidc.client_id: text: remedy",
		"login.oidc.scopes":    file + ":2: login.oidc.scopes: text: remedy",
		"access.file":          "access.file: text: remedy",
		"":                     "text: remedy",
	} {
		if got := loaded.Problem(path, "text", "remedy").Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
