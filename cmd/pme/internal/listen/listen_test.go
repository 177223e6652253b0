package listen_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/listen"
)

func TestASocketIsForTheGroupAndGoesAwayWithItsListener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "http.sock")
	l, err := listen.On(t.Context(), "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if l.Addr().String() != path {
		t.Errorf("%v", l.Addr())
	}
	if _, err := listen.On(t.Context(), "unix:"+path); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second listener: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if len(entries) != 0 || err != nil {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestASocketThatWasLeftIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "http.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	l, err := listen.On(t.Context(), "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func TestNothingElseIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("important"), 0o600); err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{
		"unix:" + path:           "no socket",
		"unix:relative.sock":     "absolute",
		"unix:" + path + "/x":    "",
		"127.0.0.1:not-a-port":   "",
		"unix:/nonexistent/dir/": "",
	} {
		if l, err := listen.On(t.Context(), addr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", addr, err, want)
			if l != nil {
				_ = l.Close()
			}
		}
	}
	if content, err := os.ReadFile(path); string(content) != "important" || err != nil {
		t.Errorf("%q, %v", content, err)
	}
}
