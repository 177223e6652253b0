package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/control"
)

func TestOnlyTheUserOfTheProcessMayConnect(t *testing.T) {
	p := start(t)
	if mode := modeOf(t, p.path); mode != fs.ModeSocket|0o600 {
		t.Errorf("the mode is %v", mode)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(p.path), ".pme*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

func TestTheGroupOfASetgidDirectoryMayConnect(t *testing.T) {
	dir := filepath.Join(own(t), "run")
	must(t, os.Mkdir(dir, 0o750))
	must(t, os.Chmod(dir, 0o750|fs.ModeSetgid))
	s := listen(t, filepath.Join(dir, "control.sock"))
	if mode := modeOf(t, filepath.Join(dir, "control.sock")); mode != fs.ModeSocket|0o660 {
		t.Errorf("the mode is %v", mode)
	}
	must(t, s.Close())
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	must(t, err)
	return info.Mode()
}

func listen(t *testing.T, path string) *control.Server {
	t.Helper()
	s, err := control.Listen(path, control.Config{Target: new(process)})
	must(t, err)
	return s
}

func TestASocketOfADeadProcessIsReplaced(t *testing.T) {
	path := filepath.Join(own(t), "control.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	must(t, err)
	dead.SetUnlinkOnClose(false)
	must(t, dead.Close())
	must(t, listen(t, path).Close())
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestALiveSocketIsNotReplaced(t *testing.T) {
	p := start(t)
	_, err := control.Listen(p.path, control.Config{Target: p})
	if err == nil || !strings.Contains(err.Error(), p.path) || !strings.Contains(err.Error(), "answers") {
		t.Errorf("%v", err)
	}
	if _, err := p.client.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestASuccessorsSocketIsNotRemoved(t *testing.T) {
	path := filepath.Join(own(t), "control.sock")
	first := listen(t, path)
	must(t, os.Remove(path))
	second := listen(t, path)
	must(t, first.Close())
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
	must(t, second.Close())
	must(t, second.Close())
}

func TestAPathThatCannotBeUsedIsRefused(t *testing.T) {
	dir := own(t)
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, []byte("precious"), 0o600))
	open := filepath.Join(dir, "open")
	must(t, os.Mkdir(open, 0o700))
	must(t, os.Chmod(open, 0o777))
	sticky := filepath.Join(dir, "sticky")
	must(t, os.Mkdir(sticky, 0o700))
	must(t, os.Chmod(sticky, 0o777|fs.ModeSticky))
	for name, path := range map[string]string{
		"a directory as /tmp": filepath.Join(sticky, "s"),
		"a file":              file, "no directory": filepath.Join(dir, "missing", "s"), "a directory for everybody": filepath.Join(open, "s"),
		"a long path": filepath.Join(dir, strings.Repeat("x", 120)),
	} {
		s, err := control.Listen(path, control.Config{Target: new(process)})
		if err == nil {
			t.Errorf("%s is accepted", name)
			_ = s.Close()
		}
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "precious" {
		t.Errorf("the file was changed: %q %v", data, err)
	}
}

func TestAMissingProcessIsSaidSo(t *testing.T) {
	dir := own(t)
	dead := filepath.Join(dir, "dead.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	must(t, err)
	l.SetUnlinkOnClose(false)
	must(t, l.Close())
	for path, words := range map[string]string{filepath.Join(dir, "missing.sock"): "no socket", dead: "has ended"} {
		c := control.Dial(path)
		_, err := c.Health(t.Context())
		if !errors.Is(err, control.ErrNoProcess) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", path, err)
		}
		c.Close()
	}
}

func TestAnotherServerIsNotTakenForAProcess(t *testing.T) {
	path := filepath.Join(own(t), "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	must(t, err)
	other := &http.Server{Handler: http.NotFoundHandler()}
	done := make(chan struct{})
	go func() { defer close(done); _ = other.Serve(l) }()
	c := control.Dial(path)
	if _, err := c.Who(t.Context(), control.Search{}); !errors.Is(err, control.ErrNoProcess) || !strings.Contains(err.Error(), "no pme") {
		t.Errorf("%v", err)
	}
	c.Close()
	_ = other.Shutdown(context.Background())
	<-done
}

func show(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	must(t, err)
	return string(data)
}

func refusal(err error) *control.Error {
	e, _ := errors.AsType[*control.Error](err)
	return e
}
