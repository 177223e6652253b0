// Package listen makes the listeners of the program: on TCP, and on Unix sockets with rights of their own.
package listen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	mode     = 0o660 // the user and the group of the process, such as one that the proxy belongs to
	dialTime = 2 * time.Second
)

// Taken is the error that another process answers at a socket.
type Taken string

// Error returns the text.
func (t Taken) Error() string { return string(t) }

// Socket returns the path of an address such as unix:/run/pme/http.sock.
func Socket(addr string) (path string, is bool) { return strings.CutPrefix(addr, "unix:") }

// On listens on an address: host:port, or unix: and a path.
func On(ctx context.Context, addr string) (net.Listener, error) {
	if path, is := Socket(addr); is {
		return onSocket(ctx, path)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}

// onSocket makes a socket in a directory that only this user can enter, gives it its mode there, and then moves it. So it never has wider
// rights, and the path of one that an earlier process has left leads to the new one. It fails if a process answers at the path.
func onSocket(ctx context.Context, path string) (net.Listener, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("listen: %q is not an absolute path: write one such as unix:/run/pme/http.sock", path)
	}
	if there, err := os.Lstat(path); err == nil && there.Mode()&fs.ModeSocket == 0 {
		return nil, fmt.Errorf("listen: %s exists and is no socket: remove it, or choose another path", path)
	}
	if answers(ctx, path) {
		return nil, Taken(fmt.Sprintf("listen: another process answers at %s: end it first, or choose another path", path))
	}
	private, err := os.MkdirTemp(filepath.Dir(path), ".pme")
	if err != nil {
		return nil, fmt.Errorf("listen: the directory of the socket must exist and belong to the user of this process: %w", err)
	}
	defer func() { _ = os.RemoveAll(private) }()
	made := filepath.Join(private, "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	listener.SetUnlinkOnClose(false)
	s := &socket{UnixListener: listener, path: path}
	if err = os.Chmod(made, mode); err == nil {
		s.made, err = os.Stat(made)
	}
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen: the socket cannot be put at its path: %w", err), listener.Close())
	}
	return s, nil
}

// answers reports whether a process listens on the socket. One of another user's, which refuses to be asked, counts as one.
func answers(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return errors.Is(err, fs.ErrPermission)
	}
	_ = conn.Close()
	return true
}

// A socket is a listener that removes its own socket when it is closed, and not that of a process that has taken its place.
type socket struct {
	*net.UnixListener
	path string
	made fs.FileInfo
}

// Addr is where clients find it.
func (s *socket) Addr() net.Addr { return &net.UnixAddr{Name: s.path, Net: "unix"} }

// Close implements [net.Listener].
func (s *socket) Close() error {
	if there, err := os.Stat(s.path); err == nil && os.SameFile(there, s.made) {
		_ = os.Remove(s.path)
	}
	return s.UnixListener.Close() //nolint:wrapcheck // for net/http
}
