//go:build unix

package demo_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-pme/pme/examples/internal/demo"
)

func TestRequestsThatAreUnderWayFinish(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	goOn, ended := make(chan bool), make(chan error, 1)
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		<-goOn
		_, _ = io.WriteString(w, "finished")
	})
	go func() { ended <- demo.ServeAll(ctx, func() {}, demo.Server{Listener: listener, Handler: slow}) }()
	go func() {
		for { // until nobody listens any more
			c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
			if err != nil {
				close(goOn)
				return
			}
			_ = c.Close()
		}
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if string(body) != "finished" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Every program ends by itself when it is told to, and without an error.
func TestProgramsStopWhenToldTo(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	for name, args := range map[string][]string{
		"intranet": {"-addr", "127.0.0.1:0"}, "oidc": {"-addr", "127.0.0.1:0"}, "connect": {"-addr", "127.0.0.1:0"},
		"spa": {"-addr", "127.0.0.1:0", "-api", "127.0.0.1:0"}, "throughput": nil,
	} {
		t.Run(name, func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), name)
			if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../"+name).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			cmd := exec.CommandContext(t.Context(), binary, args...)
			cmd.Dir, cmd.Env = root, []string{"HOME=" + t.TempDir()}
			var stderr strings.Builder
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stdout)
			if !lines.Scan() || !strings.Contains(lines.Text(), "http://127.0.0.1:") {
				_ = cmd.Wait()
				t.Fatalf("%q, %s", lines.Text(), stderr.String())
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, stderr.String())
			}
		})
	}
}
