package control

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Where the kernel does not tell who answers, the file of the socket counts.
func TestTheFileOfASocketIsLookedAt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	me := uint32(os.Geteuid())
	for _, c := range []struct {
		mode os.FileMode
		may  owners
		fine bool
	}{
		{0o600, owners{me}, true},
		{0o660, owners{me}, true},
		{0o666, owners{me}, false},
		{0o602, owners{me}, false},
		{0o600, owners{me + 1}, false},
	} {
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.may.checkFile(path, info); (err == nil) != c.fine {
			t.Errorf("%v of %d: %v", c.mode, c.may, err)
		}
	}
}

// What is no connection to a process is not believed where the kernel tells of each.
func TestAnUnknownPeerIsNotBelieved(t *testing.T) {
	a, b := net.Pipe()
	defer func() { _, _ = a.Close(), b.Close() }()
	may := owners{uint32(os.Geteuid())}
	if err := may.checkPeer("s", a); (err != nil) != peersAreKnown {
		t.Error(err)
	}
}

func TestTheOwnersOfADirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	may, err := ownersOf(dir)
	if err != nil || !slices.Contains(may, 0) || !slices.Contains(may, uint32(os.Geteuid())) || slices.Contains(may, uint32(os.Geteuid())+1) {
		t.Errorf("%v %v", may, err)
	}
}
