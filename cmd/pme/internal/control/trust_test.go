package control_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/control"
)

// public returns a directory that every user can enter.
func public(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "pme-control-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	return dir
}

// directory makes one with an owner and a mode.
func directory(t *testing.T, path string, owner account, mode fs.FileMode) string {
	t.Helper()
	must(t, os.Mkdir(path, 0o700))
	change(t, path, owner, mode)
	return path
}

func change(t *testing.T, path string, owner account, mode fs.FileMode) {
	t.Helper()
	if os.Getuid() == 0 {
		must(t, os.Chown(path, owner.uid, owner.gid))
	}
	must(t, os.Chmod(path, mode))
}

func TestTheDirectoriesThatAreDocumentedWork(t *testing.T) {
	const denied = "may not connect"
	for name, c := range map[string]struct {
		mode           fs.FileMode
		server, client account
		want           string
	}{
		"the user of the process":         {0o700, service, service, "not_found"},
		"root":                            {0o700, service, root, "not_found"},
		"root, for root":                  {0o755, root, root, "not_found"},
		"the proxy's group, and root":     {0o750, service, root, "not_found"},
		"the proxy's group":               {0o750, service, operator, denied},
		"a group of operators":            {0o750 | fs.ModeSetgid, service, operator, "not_found"},
		"a group of operators, and root":  {0o750 | fs.ModeSetgid, service, root, "not_found"},
		"a group of operators, not of it": {0o755 | fs.ModeSetgid, service, stranger, denied},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(directory(t, filepath.Join(public(t), "run"), c.server, c.mode), "control.sock")
			starts(t, "server", c.server, path)
			if _, said := play(t, "client", c.client, path); !strings.Contains(said, c.want) {
				t.Errorf("%q, want %q", said, c.want)
			}
		})
	}
}

// In each case the impostor runs as a stranger, and the client as root.
func TestAnImpostorIsAskedNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("whether the kernel tells who answers is known of Linux alone")
	}
	const open = 0o777 | fs.ModeSticky
	for name, c := range map[string]struct {
		dir    func(t *testing.T, base string) string // of the impostor's socket
		then   func(t *testing.T, dir string) string  // what has changed once it listens; returns the path that is asked
		wanted string                                 // in the error, or nothing if the impostor is believed
	}{
		"in a directory that is theirs": { // which root has given to them: this one is pme serve, for all that can be told
			func(t *testing.T, base string) string { return directory(t, base+"/run", stranger, 0o700) }, nil, "",
		},
		"in a directory that was theirs": {
			func(t *testing.T, base string) string { return directory(t, base+"/run", stranger, 0o755) },
			func(t *testing.T, dir string) string { change(t, dir, root, 0o755); return dir + "/s" }, "of uid 64003 answers at",
		},
		"in the directory of the service": {
			func(t *testing.T, base string) string { return directory(t, base+"/run", stranger, 0o755) },
			func(t *testing.T, dir string) string { change(t, dir, service, 0o755); return dir + "/s" }, "of uid 64003 answers at",
		},
		"in a directory for everybody": {
			func(t *testing.T, base string) string { return directory(t, base+"/run", root, open) }, nil, "choose a directory",
		},
		"in a directory of their own in one for everybody": {
			func(t *testing.T, base string) string {
				return directory(t, directory(t, base+"/open", root, open)+"/run", stranger, 0o700)
			}, nil, "and a socket there: run the command as the user of the process",
		},
		"in a directory of the service's that they could replace": {
			func(t *testing.T, base string) string {
				return directory(t, directory(t, base+"/app", stranger, 0o755)+"/run", stranger, 0o755)
			},
			func(t *testing.T, dir string) string { change(t, dir, service, 0o755); return dir + "/s" }, "/app belongs to uid 64003",
		},
		"behind a link": {
			func(t *testing.T, base string) string { return directory(t, base+"/run", stranger, 0o755) },
			func(t *testing.T, dir string) string {
				link := directory(t, dir+"2", root, 0o755) + "/s"
				must(t, os.Symlink(dir+"/s", link))
				return link
			}, "is no socket",
		},
		"behind a link to their directory": {
			func(t *testing.T, base string) string {
				return directory(t, directory(t, base+"/open", root, open)+"/run", stranger, 0o755)
			},
			func(t *testing.T, dir string) string {
				link := filepath.Dir(filepath.Dir(dir)) + "/link"
				must(t, os.Symlink(dir, link))
				return link + "/s"
			}, "and a socket there",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getuid() != 0 {
				t.Skip("only root can start a process as another user")
			}
			dir := c.dir(t, public(t))
			path := filepath.Join(dir, "s")
			impostor := starts(t, "impostor", stranger, path)
			if c.then != nil {
				path = c.then(t, dir)
			}
			client := control.Dial(path)
			done, err := client.Revoke(t.Context(), control.Revocation{User: "alice"})
			client.Close()
			asked := impostor.end()
			switch {
			case c.wanted == "" && (err != nil || done.Tokens != 3 || asked != "1"):
				t.Errorf("%+v %v, asked %s times", done, err, asked)
			case c.wanted != "" && (!errors.Is(err, control.ErrNoProcess) || !strings.Contains(err.Error(), c.wanted) || asked != "0"):
				t.Errorf("%v, asked %s times", err, asked)
			}
		})
	}
}

// A real process is not asked either, and would not have started: another one may be in its place the next time.
func TestADirectoryThatOthersCanWriteToIsRefused(t *testing.T) {
	p := start(t)
	dir := filepath.Dir(p.path)
	for mode, words := range map[fs.FileMode]string{
		0o777: "chmod o-w", 0o702: "chmod o-w", 0o777 | fs.ModeSticky: "such as /run/pme", 0o777 | fs.ModeSetgid: "chmod o-w",
		0o770: "chmod g-w", 0o770 | fs.ModeSetgid: "chmod g-w",
		0o700: "", 0o750: "", 0o750 | fs.ModeSetgid: "", 0o755: "",
	} {
		must(t, os.Chmod(dir, mode))
		client := control.Dial(p.path)
		_, err := client.Health(t.Context())
		client.Close()
		for who, err := range map[string]error{"pme check": control.Check(p.path), "a client": err} {
			switch {
			case words == "" && err != nil:
				t.Errorf("%v: %s: %v", mode, who, err)
			case words != "" && (err == nil || !strings.Contains(err.Error(), words)):
				t.Errorf("%v: %s: %v, want %q", mode, who, err, words)
			}
		}
		if words != "" && !errors.Is(err, control.ErrNoProcess) {
			t.Errorf("%v: %v is no ErrNoProcess", mode, err)
		}
	}
}

// Whoever can write to a directory above can replace the one with the socket, and a link on the way to it.
func TestADirectoryAboveThatOthersCanWriteToIsRefused(t *testing.T) {
	above := own(t)
	must(t, os.Symlink(own(t), filepath.Join(above, "link")))
	directory(t, filepath.Join(above, "run"), root, 0o700)
	for mode, refused := range map[fs.FileMode]bool{0o777: true, 0o775: true, 0o777 | fs.ModeSticky: false, 0o755: false} {
		must(t, os.Chmod(above, mode))
		for _, name := range []string{"run", "link"} {
			if err := control.Check(filepath.Join(above, name, "s")); (err != nil) != refused {
				t.Errorf("%v, %s: %v", mode, name, err)
			}
		}
	}
}
