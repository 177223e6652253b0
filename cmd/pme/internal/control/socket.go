package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/listen"
)

const (
	maxPath   = 107 // bytes of a socket's path, on Linux; temporary names are not much longer than others
	dialTime  = 2 * time.Second
	ownOnly   = 0o600
	withGroup = 0o660
)

// makeSocket makes the socket. It replaces one that a dead process has left, and fails if a process answers at it.
//
// The socket is made in a directory that only this user can enter, gets its mode there, and is then moved. So it never has wider
// rights, at no moment, and whoever connects to the path finds the old socket or the new one.
func makeSocket(path string) (*net.UnixListener, error) {
	mode, err := check(path)
	if err != nil {
		return nil, err
	}
	private, err := os.MkdirTemp(filepath.Dir(path), ".pme")
	if err != nil {
		return nil, fmt.Errorf("control: the directory of control.socket cannot be written to: make it, and let the user of this process own it: %w", err)
	}
	defer func() { _ = os.RemoveAll(private) }()
	made := filepath.Join(private, "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("control: the socket cannot be made; a path somewhat shorter than %d bytes may help: %w", maxPath, err)
	}
	listener.SetUnlinkOnClose(false)
	err = os.Chmod(made, mode)
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control: the socket cannot be put at its path: %w", err), listener.Close())
	}
	return listener, nil
}

// Check says why no socket can be made at a path. One at which a process answers is fine: it is the running one.
func Check(path string) error {
	_, err := checkPath(path)
	return err
}

// Answers reports whether a process answers at a path.
func Answers(path string) bool {
	_, answers := probe(path)
	return answers
}

// check returns the mode of the socket to be made, or why it cannot be.
func check(path string) (fs.FileMode, error) {
	mode, err := checkPath(path)
	if err != nil {
		return 0, err
	}
	if who, answers := probe(path); answers {
		return 0, listen.Taken(fmt.Sprintf("control: %s answers at %s: end it, or choose another path for control.socket", who, path))
	}
	return mode, nil
}

func checkPath(path string) (fs.FileMode, error) {
	dir, err := os.Stat(filepath.Dir(path))
	switch {
	case len(path) > maxPath:
		return 0, fmt.Errorf("control: control.socket has %d bytes, and the path of a socket has at most %d: choose a shorter one", len(path), maxPath)
	case err != nil:
		return 0, fmt.Errorf("control: the directory of control.socket cannot be used: make it, and let the user of this process own it: %w", err)
	}
	if _, err := ownersOf(filepath.Dir(path)); err != nil { // no client would believe the process
		return 0, fmt.Errorf("control: %w", err)
	}
	if there, err := os.Lstat(path); err == nil && there.Mode()&fs.ModeSocket == 0 {
		return 0, fmt.Errorf("control: %s exists and is no socket: remove it, or choose another path for control.socket", path)
	}
	if dir.Mode()&fs.ModeSetgid != 0 {
		return withGroup, nil
	}
	return ownOnly, nil
}

// probe reports whether a process answers at the path, and which.
func probe(path string) (who string, answers bool) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return "another process", errors.Is(err, fs.ErrPermission) // it is another user's
	}
	defer func() { _ = conn.Close() }()
	if p, ok := peerOf(conn); ok && p.pid > 0 {
		return fmt.Sprintf("process %d", p.pid), true
	}
	return "another process", true
}
