//go:build linux

package ship_test

import (
	"bufio"
	"context"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// An image is the last stage of the Containerfile.
type image struct {
	files      map[string]string // by what they are called in the image: the files of the first stage
	user       string
	entrypoint string
}

func readImage(t *testing.T) image {
	t.Helper()
	b, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, found := strings.Cut(string(b), "\nFROM scratch\n")
	if !found {
		t.Fatal("the image is not from scratch")
	}
	read := image{files: map[string]string{}}
	for line := range strings.Lines(last) {
		switch word := strings.Fields(line); word[0] {
		case "COPY":
			read.files[word[3]] = word[2]
		case "USER":
			read.user = word[1]
		case "ENTRYPOINT":
			read.entrypoint = strings.Trim(word[1], `["]`)
		}
	}
	if len(read.files) != 2 || read.user != "65532:65532" || read.files[read.entrypoint] != "/out/pme" {
		t.Fatalf("%+v", read)
	}
	return read
}

// A root is a directory with the files of the image and nothing else. Programs in it see it read-only.
type root struct {
	image
	dir string
}

// unpack makes a root. The authorities are those of the machine, and those in PEM that are given.
func unpack(t *testing.T, authorities ...[]byte) *root {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("changing the root takes the rights of root")
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("this machine mounts nothing: %v\n%s", err, out)
	}
	r := &root{image: readImage(t), dir: t.TempDir()}
	if err := os.Chmod(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, from := range r.files {
		if from == "/out/pme" {
			r.put(t, name, released(t), 0o755)
			continue
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
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("%v\n%s", err, stderr.String())
		}
	})
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	_, at, found := strings.Cut(lines.Text(), "127.0.0.1:")
	if !found {
		t.Fatalf("it says %q", lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	port, _, _ := strings.Cut(strings.TrimSpace(at), "/")
	return "http://127.0.0.1:" + port
}

// visitor returns a client that is signed in to the demo.
func visitor(t *testing.T, origin string) *http.Client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/login", strings.NewReader("username=alice&password=demo"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return c
}

// status asks for an address, as the user that a proxy in front names.
func status(t *testing.T, c *http.Client, address string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-User", "alice")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func TestTheDemoRunsInAReadOnlyRoot(t *testing.T) {
	origin := unpack(t).withTmp(t).serve(t, nil)
	c := visitor(t, origin)
	for _, path := range []string{"/livez", "/readyz", "/pme/", "/pme/token?modelId=SxQL3iGyoDo"} {
		if got := status(t, c, origin+path); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// With a configuration there is nothing that it could write to.
func TestItServesInAnEmptyReadOnlyRoot(t *testing.T) {
	r := unpack(t).configured(t)
	up := matterporttest.NewServer(t, matterporttest.Config{})
	origin := r.serve(t, []string{"MATTERPORT_API_URL=" + up.URL, "TZ=Europe/Zurich"}, "-config", "/etc/pme/pme.yaml")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport}
	for path, want := range map[string]int{"/livez": http.StatusOK, "/readyz": http.StatusOK, "/pme/token?modelId=SxQL3iGyoDo": http.StatusOK, "/pme/token?modelId=other": http.StatusBadRequest} {
		if got := status(t, c, origin+path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// The emulator behind TLS is believed if its certificate is in the image, and only then.
func TestItBelievesTheAuthoritiesOfTheImage(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	to, err := url.Parse(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	secure := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		reached.Add(1)
		r.SetURL(to)
	}})
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // of what is not believed
	t.Cleanup(secure.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	env := []string{
		"MATTERPORT_CLIENT_ID=" + matterporttest.DefaultClientID, "MATTERPORT_CLIENT_SECRET=" + matterporttest.DefaultClientSecret,
		"MATTERPORT_API_URL=" + secure.URL,
	}
	for name, authorities := range map[string][][]byte{"with": {certificate}, "without": nil} {
		t.Run(name, func(t *testing.T) {
			origin := unpack(t, authorities...).withTmp(t).serve(t, env)
			before := reached.Load()
			status(t, visitor(t, origin), origin+"/pme/token?modelId=SxQL3iGyoDo") // a link with http, which is refused
			if asked := reached.Load() > before; asked != (authorities != nil) {
				t.Errorf("the emulator was asked: %v", asked)
			}
		})
	}
}

// configured puts a configuration into the root whose rule has a time zone.
func (r *root) configured(t *testing.T) *root {
	t.Helper()
	r.put(t, "/etc/pme/allow.yaml", []byte("rules:\n  - users: [alice]\n    models: [SxQL3iGyoDo]\n    from: 2026-01-01 Europe/Zurich\n"), 0o444)
	r.put(t, "/etc/pme/pme.yaml", []byte("matterport: {client_id: "+matterporttest.DefaultClientID+", client_secret: "+matterporttest.DefaultClientSecret+
		"}\naccess: {file: allow.yaml}\nlogin: {headers: {proxies: [127.0.0.1], user: X-User}}\n"), 0o444)
	return r
}

func TestItKnowsTimeZones(t *testing.T) {
	cmd := unpack(t).configured(t).withTmp(t).command(t.Context(), "check", "-config", "/etc/pme/pme.yaml")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
