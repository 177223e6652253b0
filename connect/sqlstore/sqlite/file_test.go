//go:build unix

package sqlite_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
)

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077} {
		path := newPath(t)
		before := syscall.Umask(mask)
		s := open(t, path)
		create(t, s)
		syscall.Umask(before)
		for _, file := range []string{path, path + "-wal"} {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if mode := info.Mode().Perm(); mode != 0o600 {
				t.Errorf("umask %o: %s has the mode %v", mask, filepath.Base(file), mode)
			}
		}
		others, err := filepath.Glob(path + "*")
		if err != nil || len(others) != 2 {
			t.Errorf("the files are %q, %v", others, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path + "-wal"); err == nil {
			t.Error("the journal stays when the store is closed")
		}
	}
}

func TestFileThatOtherUsersCanReadIsLogged(t *testing.T) {
	path := newPath(t)
	for mode, want := range map[fs.FileMode]bool{0o600: false, 0o700: false, 0o640: true, 0o604: true, 0o660: true} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		cfg := config(path)
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		s, err := sqlite.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if got := strings.Contains(log.String(), path); got != want {
			t.Errorf("mode %v is told: %t, want %t\n%s", mode, got, want, log.String())
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPathMayContainAnything(t *testing.T) {
	for _, name := range []string{"a b.db", "what?.db", "a#b.db", "100%.db", "%41.db", "mode=memory&x.db", ":memory:", "Büro.db", "a;b.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path)
		k := create(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q is not the file: %v", name, err)
		}
		if _, err := open(t, path).Get(t.Context(), k); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestRelativePathIsOfTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	open(t, "connections.db")
	if _, err := os.Stat("connections.db"); err != nil {
		t.Error(err)
	}
}

func TestProblemsOfTheFileAreReported(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, bytes.Repeat([]byte("not a database. "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		cfg  sqlite.Config
		want string
	}{
		"no path":              {config(""), "Config.Path"},
		"no directory":         {config(filepath.Join(dir, "none", "connections.db")), filepath.Join(dir, "none") + ": make it"},
		"a file for directory": {config(filepath.Join(text, "connections.db")), text},
		"a directory":          {config(dir), "is not a file"},
		"something else":       {config(text), "not a database"},
		"no keys":              {sqlite.Config{Path: filepath.Join(dir, "new.db")}, "Config.Keys"},
		"a key missing":        {sqlite.Config{Path: filepath.Join(dir, "new.db"), Keys: []sqlstore.Key{{}}}, "Config.Keys[0]"},
	} {
		_, err := sqlite.Open(t.Context(), tc.cfg)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one with %q", what, err, tc.want)
		}
	}
}

func TestLostKeysAreDiscarded(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	k := create(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	lost := config(path)
	cfg := sqlite.Config{Path: path, Keys: []sqlstore.Key{sqlstore.NewKey()}, LostKeys: []string{lost.Keys[0].ID()}}
	s, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if r, err := s.Get(t.Context(), k); err != nil || !r.Reconnect() {
		t.Errorf("Get = %v, %v", r, err)
	}
}
