//go:build linux

package ship_test

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A builder builds images with buildah, in a place of its own, without privileges of containers and without a registry.
type builder struct {
	dir string
	env []string
}

func newBuilder(t *testing.T) *builder {
	t.Helper()
	long(t)
	needMounts(t)
	if _, err := exec.LookPath("buildah"); err != nil {
		t.Fatal("buildah is not installed: apt-get install --no-install-recommends buildah")
	}
	b := &builder{dir: t.TempDir(), env: append(without("BUILDAH_", "STORAGE_", "CONTAINERS_"), "BUILDAH_ISOLATION=chroot")}
	t.Cleanup(func() {
		for _, args := range [][]string{{"rm", "--all"}, {"rmi", "--all", "--force"}} {
			if out, err := b.command(args...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		}
	})
	return b
}

func (b *builder) command(args ...string) *exec.Cmd {
	all := []string{"--root", filepath.Join(b.dir, "root"), "--runroot", filepath.Join(b.dir, "run"), "--storage-driver", "vfs"}
	cmd := exec.Command("buildah", append(all, args...)...) //nolint:noctx // it also cleans up, after the test's context
	cmd.Env = b.env
	return cmd
}

func (b *builder) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := b.command(args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("buildah %q: %v\n%s\n%s", args, err, out, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// golang makes an image that stands for that of Go, which would come from a registry: the machine's own Go and commands are mounted into
// it. It returns how to build on it.
func (b *builder) golang(t *testing.T) []string {
	t.Helper()
	const authorities = "/etc/ssl/certs/ca-certificates.crt"
	pem, err := os.ReadFile(authorities)
	if err != nil {
		t.Skipf("the machine has no authorities: %v", err)
	}
	usual, dir := goEnv(t), t.TempDir()
	file := "FROM scratch\nCOPY . /\nENV PATH=/goroot/bin:/usr/bin HOME=/tmp GOMODCACHE=/modules GOCACHE=/compiled GOPROXY=file:///downloads GOTOOLCHAIN=local CGO_ENABLED=0\n"
	for name, text := range map[string][]byte{authorities: pem, "Containerfile": []byte(file), "tmp/.keep": nil} {
		if err := put(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+name, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	b.run(t, "build", "-q", "-t", "golang", dir)
	args := []string{"build", "-q", "--pull=never", "--build-arg", "GO=localhost/golang"}
	for at, from := range map[string]string{
		"/usr": "/usr:ro", "/goroot": usual["GOROOT"] + ":ro", "/downloads": usual["GOMODCACHE"] + "/cache/download:ro", "/compiled": usual["GOCACHE"], "/modules": t.TempDir(),
	} {
		from, mode, _ := strings.Cut(from, ":")
		args = append(args, "--volume", from+":"+at+":"+cmp.Or(mode, "rw"))
	}
	return args
}

// mount returns the directory with the files of an image.
func (b *builder) mount(t *testing.T, name string) string {
	t.Helper()
	return b.run(t, "mount", b.run(t, "from", "--pull=never", "localhost/"+name))
}

// configuration is what an image says about how it is run.
type configuration struct {
	User         string
	Entrypoint   []string
	Cmd          []string
	Env          []string
	WorkingDir   string
	ExposedPorts map[string]struct{}
}

func (b *builder) configuration(t *testing.T, name string) configuration {
	t.Helper()
	var image struct {
		OCI struct {
			Config configuration `json:"config"`
		} `json:"OCIv1"`
	}
	if err := json.Unmarshal([]byte(b.run(t, "inspect", "--type", "image", "localhost/"+name)), &image); err != nil {
		t.Fatal(err)
	}
	return image.OCI.Config
}

// TestTheImageIsBuilt builds the Containerfile as it is, in a checkout that was worked in.
func TestTheImageIsBuilt(t *testing.T) {
	b := newBuilder(t)
	context := committed(t)
	for _, name := range []string{"bin/pme", "examples/e2e/node_modules/left-pad/index.js"} { // what git ignores
		if err := put(filepath.Join(context, name), []byte("left behind"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	build := append(b.golang(t), "-f", filepath.Join(context, "cmd/pme/ship/Containerfile"), "-t", "pme", context)
	b.run(t, build...)
	r := &root{image: readImage(t), dir: b.mount(t, "pme")}
	t.Run("configuration", func(t *testing.T) { checkConfiguration(t, b.configuration(t, "pme")) })
	t.Run("files", func(t *testing.T) { checkFiles(t, r) })
	t.Run("revision", func(t *testing.T) {
		out, err := r.command(t.Context(), "version").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "revision ") || strings.Contains(string(out), "with changes") {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("it serves", func(t *testing.T) {
		origin := r.withTmp(t).serve(t, nil)
		if got := status(t, visitor(t, origin), origin+"/pme/"); got != http.StatusOK {
			t.Error(got)
		}
	})
	t.Run("time zones", func(t *testing.T) {
		if out, err := r.configured(t).command(t.Context(), "check", "-config", "/etc/pme/pme.yaml").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("context", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(b.dir, "Context"), []byte("FROM scratch\nCOPY . /\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.run(t, "build", "-q", "-f", filepath.Join(b.dir, "Context"), "-t", "context", context)
		checkContext(t, b.mount(t, "context"))
	})
}

func checkConfiguration(t *testing.T, c configuration) {
	t.Helper()
	_, exposed := c.ExposedPorts["8080/tcp"]
	if c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/pme"}) || !slices.Equal(c.Cmd, []string{"serve"}) || len(c.ExposedPorts) != 1 || !exposed {
		t.Errorf("%+v", c)
	}
	for _, variable := range c.Env {
		if !strings.HasPrefix(variable, "PATH=") {
			t.Errorf("it sets %s", variable)
		}
	}
}

// checkFiles checks that a root has the files of the image and no other.
func checkFiles(t *testing.T, r *root) {
	t.Helper()
	modes := map[string]fs.FileMode{"/pme": 0o755, "/etc/ssl/certs/ca-certificates.crt": 0o644, "/LICENSE": 0o644, "/licences.txt": 0o644}
	err := filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, r.dir)
		if want, known := modes[name]; !known || info.Mode() != want || info.Size() == 0 {
			t.Errorf("it has %s, %v, %d bytes", name, info.Mode(), info.Size())
		}
		delete(modes, name)
		return nil
	})
	if err != nil || len(modes) > 0 {
		t.Errorf("%v; %v are missing", err, modes)
	}
	program, err := os.ReadFile(filepath.Join(r.dir, r.entrypoint))
	if err != nil {
		t.Fatal(err)
	}
	checkStatic(t, program, machines[runtime.GOARCH])
	texts, err := os.ReadFile(filepath.Join(r.dir, "licences.txt"))
	if err != nil || !strings.Contains(string(texts), "github.com/redis/rueidis v") {
		t.Errorf("%v, %d bytes of licences", err, len(texts))
	}
}

// checkContext checks that a build sees what git tracks, and not what it ignores.
func checkContext(t *testing.T, dir string) {
	t.Helper()
	for name, want := range map[string]bool{"cmd/pme/main.go": true, ".git/HEAD": true, "bin": false, "examples/e2e/node_modules": false, "examples/e2e/package.json": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
