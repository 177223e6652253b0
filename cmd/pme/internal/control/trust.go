package control

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Whoever can put a socket at the path could tell an operator that tokens were revoked. So the process at the other end must run as root,
// as this user, or as the user who owns the directory, and other users must not be able to change the way to it.

// A distrust says why a socket is not believed, and what the operator can do.
type distrust string

func (d distrust) Error() string { return string(d) }

func distrusted(format string, args ...any) error { return distrust(fmt.Sprintf(format, args...)) }

// owners are the users who may have put a socket into a directory: root, this user, and the owner of the directory.
type owners []uint32

// ownersOf returns the owners of a directory for sockets. The error is a [distrust] if others could put a socket there too.
func ownersOf(dir string) (owners, error) {
	named, err := filepath.Abs(dir)
	if err != nil {
		return nil, err //nolint:wrapcheck // its callers say what it means
	}
	meant, err := filepath.EvalSymlinks(named)
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	info, err := os.Stat(meant)
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	may := owners{0, uint32(os.Geteuid()), ownerOf(info)} //nolint:gosec // a user ID has 32 bits
	for _, way := range []string{named, meant} {
		if err := may.checkWay(way); err != nil {
			return nil, err
		}
	}
	return may, nil
}

func ownerOf(info fs.FileInfo) uint32 {
	return info.Sys().(*syscall.Stat_t).Uid //nolint:forcetypeassert // it is one on every Unix
}

// checkWay looks at a directory and at all above it.
func (o owners) checkWay(dir string) error {
	for child := ""; ; child, dir = dir, filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		if err := o.checkDirectory(dir, info, child); err != nil {
			return err
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// checkDirectory looks whether other users can put something into a directory, or in the place of child, which leads on to the socket.
func (o owners) checkDirectory(dir string, info fs.FileInfo, child string) error {
	const elsewhere = "choose a directory for control.socket that root has made for it, such as /run/pme"
	mode := info.Mode()
	sticky := mode&fs.ModeSticky != 0
	switch {
	case !slices.Contains(o, ownerOf(info)):
		return distrusted("%s belongs to %s, who could put another socket at the path: let root or the user of the process own it (chown), or %s", dir, peer{uid: ownerOf(info)}.by(), elsewhere)
	case mode.Perm()&0o022 == 0, child != "" && sticky && fixed(child):
		return nil
	case child != "" && sticky:
		return distrusted("everybody may write to %s, and could have put %s and a socket there: run the command as the user of the process, or %s", dir, child, elsewhere)
	case sticky && mode.Perm()&0o002 != 0:
		return distrusted("everybody may write to %s, and could put another socket at the path: %s", dir, elsewhere)
	case mode.Perm()&0o002 != 0:
		return distrusted("everybody may write to %s, and could put another socket at the path: take that right from others (chmod o-w), or %s", dir, elsewhere)
	}
	return distrusted("the group of %s may write to it, and could put another socket at the path: take that right from the group (chmod g-w), or %s", dir, elsewhere)
}

// fixed reports whether root or this user has made what is in a sticky directory, so that others cannot rename it. The owner of the
// socket's directory does not count: it is theirs because it is there.
func fixed(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && slices.Contains([]uint32{0, uint32(os.Geteuid())}, ownerOf(info)) //nolint:gosec // as above
}

// checkSocket looks at the file of a socket.
func (o owners) checkSocket(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err //nolint:wrapcheck // as above
	case info.Mode().Type() != fs.ModeSocket:
		return distrusted("%s is no socket: name the socket itself that pme serve has made (control.socket)", path)
	case peersAreKnown:
		return nil
	}
	return o.checkFile(path, info)
}

// checkFile looks at the owner and the mode of a socket, which have to do where the kernel does not tell who answers.
func (o owners) checkFile(path string, info fs.FileInfo) error {
	if slices.Contains(o, ownerOf(info)) && info.Mode().Perm()&0o007 == 0 {
		return nil
	}
	return distrusted("%s (%v, of %s) is not as pme serve makes it: remove it, and start pme serve again", path, info.Mode(), peer{uid: ownerOf(info)}.by())
}

// checkPeer asks the kernel who answers.
func (o owners) checkPeer(path string, conn net.Conn) error {
	p, told := peerOf(conn)
	switch {
	case !peersAreKnown, told && slices.Contains(o, p.uid):
		return nil
	case !told:
		return distrusted("the system does not tell who answers at %s: run the command on the machine of the process", path)
	}
	return distrusted("process %d of %s answers at %s, and is neither root's, this user's nor that of the directory's owner, so it was asked nothing: "+
		"if it is pme serve, let its user own the directory (chown); otherwise end it, and start pme serve again", p.pid, p.by(), path)
}
