package keyfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/keyfile"
	"github.com/go-pme/pme/secret"
)

func TestANewFileIsForItsUserAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	must(t, keyfile.Create(path, "one"))
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 || read(t, path) != "one\n" {
		t.Errorf("%v %q", info.Mode(), read(t, path))
	}
	if keyfile.Create(path, "two") == nil || read(t, path) != "one\n" {
		t.Error("a file that exists was changed")
	}
}

func TestARotationPutsTheNewKeyInFront(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "keys"), filepath.Join(dir, "link")
	must(t, os.WriteFile(path, []byte("one\r\nzero\r\n"), 0o640))
	must(t, os.Chmod(path, 0o640))
	must(t, os.Symlink(path, link))
	n, err := keyfile.Rotate(link, "two")
	must(t, err)
	info, err := os.Lstat(path)
	must(t, err)
	if n != 3 || read(t, path) != "two\none\nzero\n" || info.Mode().Perm() != 0o640 {
		t.Errorf("%d %q %v", n, read(t, path), info.Mode())
	}
	if there, err := os.Lstat(link); err != nil || there.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	source, err := secret.File(path)
	must(t, err)
	if source.Values()[0] != "two" {
		t.Errorf("%v", len(source.Values()))
	}
	if names, err := filepath.Glob(filepath.Join(dir, ".pme-key*")); err != nil || len(names) != 0 {
		t.Errorf("left over: %v %v", names, err)
	}
}

func TestWhatIsNoFileOfKeysStaysAsItIs(t *testing.T) {
	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	must(t, os.WriteFile(full, []byte(strings.Repeat("key\n", 16)), 0o600))
	large := filepath.Join(dir, "large")
	must(t, os.WriteFile(large, []byte(strings.Repeat("x", 65<<10)), 0o600))
	for _, path := range []string{full, large, dir, filepath.Join(dir, "missing")} {
		if _, err := keyfile.Rotate(path, "new"); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
	if strings.Contains(read(t, full), "new") {
		t.Error("a full file was changed")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
