//go:build linux

package ship_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// A root is a directory with the files of the image and nothing else. Programs in it see it read-only.
type root struct {
	image
	dir string
}

// unpack makes a root. The authorities are those of the machine, and those in PEM that are given.
func unpack(t *testing.T, authorities ...[]byte) *root {
	t.Helper()
	needMounts(t)
	r := &root{image: readImage(t), dir: t.TempDir()}
	if err := os.Chmod(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, from := range r.files {
		if from == "/out/pme" {
			r.put(t, name, released(t), 0o755)
			continue
		}
		if !strings.HasPrefix(from, "/etc/") {
			continue // the texts of licences, which the program does not read
		}
		b, err := os.ReadFile(from)
		if err != nil && len(authorities) == 0 {
			t.Skipf("the machine has no authorities: %v", err)
		}
		for _, authority := range authorities {
			b = append(b, authority...)
		}
		r.put(t, name, b, 0o444)
	}
	return r
}

// needMounts skips a test that runs programs in a root of their own, where that is not possible.
func needMounts(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("changing the root takes the rights of root")
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("this machine mounts nothing: %v\n%s", err, out)
	}
}

func (r *root) put(t *testing.T, name string, content []byte, mode os.FileMode) {
	t.Helper()
	if err := put(filepath.Join(r.dir, name), content, mode); err != nil {
		t.Fatal(err)
	}
}

// command returns the command that runs the entrypoint in the root, with the user of the image.
func (r *root) command(ctx context.Context, args ...string) *exec.Cmd {
	const script = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"
		! test -d "$1/tmp" || mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
		shift
		exec chroot "$@"`
	all := []string{"--mount", "sh", "-euc", script, "sh", r.dir, "--userspec=" + r.user, "--groups=", r.dir, r.entrypoint}
	cmd := exec.CommandContext(ctx, "unshare", append(all, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")} // of the commands around it
	return cmd
}

// withTmp has a directory for temporary files mounted: the demo and pme check need one.
func (r *root) withTmp(t *testing.T) *root {
	t.Helper()
	if err := os.Mkdir(filepath.Join(r.dir, "tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	return r
}

// serve runs pme serve in the root until the test ends, and returns its address.
func (r *root) serve(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := r.command(context.Background(), append([]string{"serve", "-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	return start(t, cmd)
}

// configured puts a configuration into the root whose rule has a time zone.
func (r *root) configured(t *testing.T) *root {
	t.Helper()
	r.put(t, "/etc/pme/allow.yaml", []byte("rules:\n  - users: [alice]\n    models: [SxQL3iGyoDo]\n    from: 2026-01-01 Europe/Zurich\n"), 0o444)
	r.put(t, "/etc/pme/pme.yaml", []byte("matterport: {client_id: "+matterporttest.DefaultClientID+", client_secret: "+matterporttest.DefaultClientSecret+
		"}\naccess: {file: allow.yaml}\nlogin: {headers: {proxies: [127.0.0.1], user: X-User}}\n"), 0o444)
	return r
}
