package sqlite_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/secret"
)

const otherKey = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

type shelf struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shelf) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shelf) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// Keys are changed in a file while the store is in use, as the package's documentation says.
func TestKeysAreChangedWithoutARestart(t *testing.T) {
	log := new(shelf)
	keys := filepath.Join(t.TempDir(), "keys")
	put := func(lines ...string) {
		t.Helper()
		if err := os.WriteFile(keys, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := newPath(t)
	reopen := func() (*sqlite.Store, *secret.Source, error) {
		source, err := secret.File(keys)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, KeySecrets: source, Logger: slog.New(slog.NewTextHandler(log, nil))})
		return s, source, err
	}
	put(aKey)
	s, source, err := reopen()
	if err != nil {
		t.Fatal(err)
	}
	k := create(t, s)
	want := func() {
		t.Helper()
		if r, err := s.Get(t.Context(), k); err != nil || r.RefreshToken != "refresh token" {
			t.Errorf("the connection is lost: %v", err)
		}
	}
	for _, lines := range [][]string{{aKey, otherKey}, {otherKey, aKey}, {otherKey, "no key"}, {}} {
		put(lines...)
		source.Look(t.Context())
		want()
	}
	if err := s.Create(t.Context(), &store.Record{Key: store.Key{User: "bob", ID: "B"}, RefreshToken: "refresh token"}, 100); err != nil {
		t.Fatal(err)
	}
	put(otherKey) // too early
	source.Look(t.Context())
	want()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err = reopen(); !errors.Is(err, sqlstore.ErrKeyMissing) || !strings.Contains(err.Error(), "connections sealed with key") || !strings.Contains(err.Error(), ": 1.") {
		t.Errorf("a start without the old key, which one of two connections needs: %v", err)
	}
	put(otherKey, aKey)
	if s, source, err = reopen(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Rewrap(t.Context()); n != 1 || err != nil {
		t.Errorf("%d are sealed anew, %v", n, err)
	}
	put(otherKey)
	source.Look(t.Context())
	want()
	_ = s.Close()
	if s, _, err = reopen(); err != nil {
		t.Fatal(err)
	}
	want()
	_ = s.Close()
	text := log.String()
	if strings.Contains(text, otherKey) || strings.Contains(text, aKey) || strings.Count(text, `msg="secret changed"`) != 4 || strings.Count(text, `msg="secret rejected"`) != 2 {
		t.Error(text)
	}
}

// Whoever has called Rewrap may remove the old key. So it has to know the file as it is now.
func TestRewrapLooksAtTheFileFirst(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys")
	put := func(content string) *secret.Source {
		t.Helper()
		if err := os.WriteFile(keys, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		source, err := secret.File(keys)
		if content != "" && err != nil {
			t.Fatal(err)
		}
		return source
	}
	path := newPath(t)
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, KeySecrets: put(aKey)})
	if err != nil {
		t.Fatal(err)
	}
	create(t, s)
	put("")
	if n, err := s.Rewrap(t.Context()); n != 0 || err == nil {
		t.Errorf("with an empty file: %d, %v", n, err)
	}
	put(otherKey + "\n" + aKey)
	if n, err := s.Rewrap(t.Context()); n != 1 || err != nil {
		t.Errorf("%d are sealed anew, %v", n, err)
	}
	_ = s.Close()
	s, err = sqlite.Open(t.Context(), sqlite.Config{Path: path, KeySecrets: put(otherKey)})
	if err != nil {
		t.Fatalf("without the old key: %v", err)
	}
	_ = s.Close()
}

func TestKeySecretsAreChecked(t *testing.T) {
	for want, source := range map[string]*secret.Source{
		"Config.KeySecrets: sqlstore: a key is 32 random bytes": secret.Fixed("no key"), "Config.KeySecrets: secret: there is no value": secret.Fixed(),
	} {
		if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: newPath(t), KeySecrets: source}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestHealthSaysThatTheKeysCannotBeRead(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys")
	put := func(content string) {
		t.Helper()
		if err := os.WriteFile(keys, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(aKey)
	source, err := secret.File(keys)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config(newPath(t))
	s, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if parts := s.HealthParts(); parts != nil {
		t.Errorf("without KeySecrets there are the parts %v", parts)
	}
	_ = s.Close()
	cfg.KeySecrets = source
	if s, err = sqlite.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for content, sound := range map[string]bool{"": false, aKey + "\n" + otherKey: true} {
		put(content)
		source.Look(t.Context())
		parts := s.HealthParts()
		if len(parts) != 1 || parts[0].Name != "secrets" || (parts[0].Check(t.Context()) == nil) != sound {
			t.Errorf("%q: %v", content, parts)
		}
	}
}

// A store that is closed is not told of its keys, and has no say in them. Nor is one that could not be opened.
func TestAClosedStoreLeavesItsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		keys := filepath.Join(dir, "keys")
		put := func(content string) {
			t.Helper()
			if err := os.WriteFile(keys, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		put(aKey)
		source, err := secret.File(keys)
		if err != nil {
			t.Fatal(err)
		}
		log := new(shelf)
		cfg := sqlite.Config{Path: filepath.Join(dir, "connections.db"), KeySecrets: source, Logger: slog.New(slog.NewTextHandler(log, nil))}
		s, err := sqlite.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Wait = -1
		if _, err := sqlite.Open(t.Context(), cfg); !errors.Is(err, sqlite.ErrInUse) {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		before := log.String()
		put("no key")
		source.Look(t.Context())
		if source.Values()[0] != "no key" {
			t.Error("the store still checks keys")
		}
		time.Sleep(time.Minute) // the look that Values has begun, and what is told
		synctest.Wait()
		if after := log.String(); after != before {
			t.Error(after)
		}
	})
}
