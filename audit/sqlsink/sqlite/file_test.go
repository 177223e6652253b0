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

	"github.com/go-pme/pme/audit/sqlsink/sqlite"
)

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077} {
		path := newPath(t)
		before := syscall.Umask(mask)
		s := open(t, path)
		add(t, s, "a")
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
			t.Error("the journal stays when the sink is closed")
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
		cfg := sqlite.Config{Path: path}
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
		add(t, s, "a")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q is not the file: %v", name, err)
		}
		wantAll(t, open(t, path), "a\n")
	}
}

func TestRelativePathIsOfTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	open(t, "audit.db")
	if _, err := os.Stat("audit.db"); err != nil {
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
		"no path":              {sqlite.Config{Path: ""}, "Config.Path"},
		"no directory":         {sqlite.Config{Path: filepath.Join(dir, "none", "audit.db")}, filepath.Join(dir, "none") + ": make it"},
		"a file for directory": {sqlite.Config{Path: filepath.Join(text, "audit.db")}, text},
		"a directory":          {sqlite.Config{Path: dir}, "is not a file"},
		"something else":       {sqlite.Config{Path: text}, "not a database"},
	} {
		_, err := sqlite.Open(t.Context(), tc.cfg)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one with %q", what, err, tc.want)
		}
	}
}
