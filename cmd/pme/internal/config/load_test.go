package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

// write returns the name of a file with a text.
func write(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pme.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// env returns a lookup in a map.
func env(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, ok := variables[name]; return value, ok }
}

// flags returns the flags of a command line.
func flags(t testing.TB, arguments ...string) *config.Flags {
	t.Helper()
	set := flag.NewFlagSet("pme", flag.ContinueOnError)
	registered := config.RegisterFlags(set)
	if err := set.Parse(arguments); err != nil {
		t.Fatal(err)
	}
	return registered
}

func TestFlagBeforeEnvironmentBeforeFile(t *testing.T) {
	loaded, err := config.Load(config.Sources{
		File:  write(t, "addr: 127.0.0.1:1\nbase_url: https://file.example\nlog:\n  level: warn\n"),
		Env:   env(map[string]string{"PME_ADDR": "127.0.0.1:2", "PME_BASE_URL": "https://env.example"}),
		Flags: flags(t, "-addr", "127.0.0.1:3"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := [3]string{loaded.Config.Addr, loaded.Config.BaseURL, loaded.Config.Log.Level}
	if want := [3]string{"127.0.0.1:3", "https://env.example", "warn"}; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	origins := [3]string{loaded.Origin("addr"), loaded.Origin("base_url"), filepath.Base(loaded.Origin("log.level"))}
	if want := [3]string{"-addr", "PME_BASE_URL", "pme.yaml:4"}; origins != want {
		t.Errorf("origins %q, want %q", origins, want)
	}
}
