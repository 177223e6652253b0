package config_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

func TestListsInTheEnvironment(t *testing.T) {
	for text, want := range map[string][]string{
		"a":                     {"a"},
		"a b":                   {"a", "b"},
		" a,b\n c , ":           {"a", "b", "c"},
		`["Facility, all","b"]`: {"Facility, all", "b"},
		`[ "a" ]`:               {"a"},
		"[a, b]":                nil,
		`["a"`:                  nil,
		`["a", 7]`:              nil,
		`["a", null]`:           nil,
		`["a"] x`:               nil,
		"[]":                    nil,
		",":                     nil,
		"a,a":                   nil,
		`[""]`:                  nil,
		"[\"a\xff\"]":           nil,
	} {
		loaded, err := config.Load(config.Sources{Env: env(map[string]string{"PME_ADMIN_GROUPS": text})})
		switch {
		case want == nil && err == nil:
			t.Errorf("%q is %q", text, loaded.Config.Admin.Groups)
		case want != nil && (err != nil || !slices.Equal(loaded.Config.Admin.Groups, want)):
			t.Errorf("%q: %v", text, err)
		}
	}
	loaded, err := config.Load(config.Sources{Env: env(map[string]string{"PME_FLEET_ADDRESSES": "[::1]:7000,[::1]:7001"})})
	if err != nil || !slices.Equal(loaded.Config.Fleet.Addresses, []string{"[::1]:7000", "[::1]:7001"}) {
		t.Error(err)
	}
}

func TestNamesAndValuesInTheEnvironment(t *testing.T) {
	for text, want := range map[string]int{
		"a=b": 1, "a=b,c=d": 2, "a=b=c": 1, `{"a":"b c","d":"e,f"}`: 2,
		"a": 0, "a=": 0, "=b": 0, "a=b,a=c": 0, `{"a":7}`: 0, `{}`: 0, `{"a"}`: 0, `{"a":"b"} x`: 0, `{"a":"b","a":"c"}`: 0, `{"":"b"}`: 0,
	} {
		loaded, err := config.Load(config.Sources{Env: env(map[string]string{"OIDC_AUTH_PARAMS": text})})
		if (want == 0) != (err != nil) || err == nil && len(loaded.Config.Login.OIDC.AuthParams) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAMistypedVariableIsFound(t *testing.T) {
	_, err := config.Load(config.Sources{Environ: []string{
		"PME_ADDRESS=x", "PME_FLEET_KEYS=" + hush, "PME_FLEET_KEYS=again", "PME_ZZZZZZZZZZZZZZ=x", "PME_EMPTY=", "PME_BROKEN",
		"MATTERPORT_NO=x", "OTHER=x", "PME_ADDR=:1", "PME_FLEET_KEY_FILE=/x", "PME_CONFIG=/x", "PME_DRAIN_FILE=/x", "PME_CONFIG_FILE=/x",
		"PME_SERVICE_HOST=10.0.0.1", "PME_SERVICE_PORT=80", "PME_SERVICE_PORT_HTTP=80", "PME_PORT=tcp://10.0.0.1:80", "PME_PORT_80_TCP=tcp://10.0.0.1:80",
		"PME_PORT_80_TCP_ADDR=10.0.0.1", "PME_PORT_80_TCP_PORT=80", "PME_PORT_80_TCP_PROTO=tcp", "PME_REDIS_SERVICE_HOST=10.0.0.2", "PME_REDIS_PORT=tcp://10.0.0.2:6379",
	}})
	want := []string{
		"PME_ADDRESS: the variable is unknown: did you mean PME_ADDR?",
		"PME_CONFIG_FILE: the variable is unknown: did you mean PME_CONFIG?",
		"PME_FLEET_KEYS: the variable is unknown: did you mean PME_FLEET_KEY?",
		"PME_ZZZZZZZZZZZZZZ: the variable is unknown: remove it: there is no such setting",
	}
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("got %v", err)
	}
}

func TestAVariableThatIsEmptyIsNotSet(t *testing.T) {
	loaded, err := config.Load(config.Sources{
		File: write(t, "addr: ':1'\nfleet: {keys: a}\n"),
		Env:  env(map[string]string{"PME_ADDR": "", "PME_FLEET_KEY": "", "PME_FLEET_KEY_FILE": "", "PME_CONFIG": ""}),
	})
	if err != nil || loaded.Config.Addr != ":1" || loaded.Config.Fleet.Keys.Value() != "a" {
		t.Error(err)
	}
}

func TestAFileForWhatIsNoSecretIsRefused(t *testing.T) {
	_, err := config.Load(config.Sources{Env: env(map[string]string{"MATTERPORT_CLIENT_ID_FILE": "/run/secrets/id"})})
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Remedy != "give the value in MATTERPORT_CLIENT_ID" {
		t.Error(err)
	}
}

func TestTheFlagAndTheVariableNameTheFile(t *testing.T) {
	one, two, three := write(t, "addr: ':1'\n"), write(t, "addr: ':2'\n"), write(t, "addr: ':3'\n")
	for want, from := range map[string]config.Sources{
		":1": {File: one},
		":2": {File: one, Env: env(map[string]string{"PME_CONFIG": two})},
		":3": {File: one, Env: env(map[string]string{"PME_CONFIG": two}), Flags: flags(t, "-config", three)},
		"":   {},
	} {
		if loaded, err := config.Load(from); err != nil || loaded.Config.Addr != want {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestFlagsThatAreWrong(t *testing.T) {
	for want, arguments := range map[string][]string{
		"-addr: addr: the flag is given twice: give it once":                     {"-addr", ":1", "-addr", ":2"},
		"-addr: addr: the flag is empty: give it a value, or leave it out":       {"-addr="},
		"-config: the flag is empty: name a file, or leave it out":               {"-config", ""},
		"-fleet.tls: fleet.tls: the value is neither true nor false: write true": {"-fleet.tls=maybe"},
	} {
		if _, err := config.Load(config.Sources{Flags: flags(t, arguments...)}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", arguments, err)
		}
	}
	loaded, err := config.Load(config.Sources{Flags: flags(t, "-fleet.tls", "-log.level", "warn")})
	if err != nil || !loaded.Config.Fleet.TLS || loaded.Config.Log.Level != "warn" {
		t.Error(err)
	}
}

func TestAPasswordInTheURLOfTheFleetBecomesASecret(t *testing.T) {
	address := "rediss://user:" + url.QueryEscape(hush) + "@redis.example:6380/1"
	for want, variables := range map[[2]string]map[string]string{
		{"user", hush}:   {"REDIS_URL": address},
		{"other", hush}:  {"REDIS_URL": address, "PME_FLEET_USERNAME": "other"},
		{"user", "mine"}: {"REDIS_URL": address, "PME_FLEET_PASSWORD": "mine"},
	} {
		loaded, err := config.Load(config.Sources{Env: env(variables)})
		if err != nil {
			t.Fatal(err)
		}
		f := loaded.Config.Fleet
		if got := [2]string{f.Username, f.Password.Value()}; got != want || f.URL != "rediss://redis.example:6380/1" {
			t.Errorf("the URL is %q, and the user or the password is another", f.URL)
		}
		if text := fmt.Sprintf("%+v %v", loaded.Config, loaded.Effective()); strings.Contains(text, hush[:6]) {
			t.Errorf("printed: %s", text)
		}
	}
	for _, wrong := range []config.Sources{
		{Flags: flags(t, "-fleet.url", address)},
		{Env: env(map[string]string{"REDIS_URL": "redis://user:@redis.example"})},
		{Env: env(map[string]string{"REDIS_URL": "redis://user:%0a@redis.example"})},
	} {
		if _, err := config.Load(wrong); err == nil || strings.Contains(err.Error(), hush[:6]) {
			t.Errorf("got %v", err)
		}
	}
}
