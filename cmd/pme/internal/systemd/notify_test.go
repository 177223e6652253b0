package systemd_test

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/systemd"
)

func TestStatesArriveInOneDatagram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	env := func(name string) (string, bool) { return path, name == "NOTIFY_SOCKET" }
	if err := systemd.Notify(t.Context(), env, systemd.Ready, "STATUS=listening"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 100)
	n, err := conn.Read(got)
	if string(got[:n]) != "READY=1\nSTATUS=listening" || err != nil {
		t.Errorf("%q, %v", got[:n], err)
	}
}

func TestNobodyIsToldWithoutASocket(t *testing.T) {
	if err := systemd.Notify(t.Context(), func(string) (string, bool) { return "", false }, systemd.Ready); err != nil {
		t.Error(err)
	}
}

func TestASocketThatIsGoneIsAnError(t *testing.T) {
	env := func(string) (string, bool) { return filepath.Join(t.TempDir(), "gone"), true }
	if err := systemd.Notify(t.Context(), env, systemd.Stopping); err == nil {
		t.Error("no error")
	}
}
