package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	office     = "SxQL3iGyoDo" // alice may see it
	laboratory = "Zh14WDtkjdC" // bob may
)

// programs builds pme once. HOSTS_PROGRAM names one that is built.
var programs = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("HOSTS_PROGRAM"); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "pme")
	if err != nil {
		return "", err
	}
	built = dir
	build := exec.CommandContext(context.Background(), "go", "build", "-o", dir, ".")
	build.Dir = filepath.Join("..", "..", "cmd", "pme")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w:\n%s", err, out)
	}
	return filepath.Join(dir, "pme"), nil
})

var built string // the directory of the program, if it was built

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// startSite starts a site for a test. Without the host's language, the test is skipped, except in CI.
func startSite(t *testing.T, cfg config) *site {
	t.Helper()
	if err := ready(t.Context(), cfg.host); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	program, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	log := &output{to: io.Discard}
	cfg.root, cfg.program, cfg.log = "../..", program, log
	s, err := start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
		for _, secret := range []string{matterporttest.DefaultClientSecret, s.key, `"access_token"`} {
			if strings.Contains(log.String(), secret) {
				t.Error("a secret is in the log")
			}
		}
		if t.Failed() {
			t.Logf("%s", log)
		}
	})
	return s
}

// ready says what a host lacks.
func ready(ctx context.Context, host string) error {
	if _, err := exec.LookPath(commands[host][0]); err != nil {
		return err
	}
	switch host {
	case "node":
		if _, err := os.Stat("node/node_modules/express"); err != nil {
			return fmt.Errorf("run npm ci --ignore-scripts in examples/hosts/node: %w", err)
		}
	case "python":
		return exec.CommandContext(ctx, commands[host][0], "-c", "import flask").Run()
	case "php":
		if _, err := findFPM(); err != nil {
			return err
		}
		_, err := os.Stat("/usr/share/php/Symfony/Bundle/FrameworkBundle")
		return err
	}
	return nil
}

// A visitor is a browser at a site.
type visitor struct {
	*testing.T
	http.Client
	site *site
}

func newVisitor(t *testing.T, s *site) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{T: t, site: s, Client: http.Client{
		Jar: jar, Transport: &http.Transport{TLSClientConfig: s.cert.trusting},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(v.CloseIdleConnections)
	return v
}

// do sends a request. The headers are sent as they are written.
func (v *visitor) do(ctx context.Context, method, path string, form url.Values, header http.Header) *http.Response {
	v.Helper()
	r, err := http.NewRequestWithContext(ctx, method, v.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := v.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	return resp
}

// ask returns the status and the answer.
func (v *visitor) ask(method, path string, form url.Values, header http.Header) (int, string) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.Context(), 20*time.Second)
	defer cancel()
	resp := v.do(ctx, method, path, form, header)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (v *visitor) want(what string, status int, contains string) func(gotStatus int, got string) {
	return func(gotStatus int, got string) {
		v.Helper()
		if gotStatus != status || !strings.Contains(got, contains) {
			v.Errorf("%s: %d %.300s, want %d with %s", what, gotStatus, got, status, contains)
		}
	}
}

func (v *visitor) signIn(user string) {
	v.Helper()
	v.want(user+" signs in", http.StatusSeeOther, "")(v.ask(http.MethodPost, "/login", url.Values{"user": {user}, "password": {"demo"}}, nil))
}

func token(model string) string { return "/pme/token?modelId=" + model }

// An event is one of the stream that tells pages what happens.
type event struct {
	Name  string
	Error string `json:"error"`
	Model string `json:"modelId"`
}

// watch opens the stream about a space.
func (v *visitor) watch(model string) <-chan event {
	v.Helper()
	ctx, cancel := context.WithCancel(v.Context())
	resp := v.do(ctx, http.MethodGet, "/pme/watch?modelId="+model, nil, nil) //nolint:bodyclose // when the test ends
	if resp.StatusCode != http.StatusOK {
		v.Fatal("the stream: ", resp.Status)
	}
	events := make(chan event)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(events)
		e := event{}
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e = event{Name: value}
			case "data":
				_ = json.Unmarshal([]byte(value), &e)
				select {
				case events <- e:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	v.Cleanup(func() {
		cancel()
		_ = resp.Body.Close()
		<-ended
	})
	return events
}

// next returns the next event of a stream, which must come within the time.
func (v *visitor) next(events <-chan event, within time.Duration) event {
	v.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(within):
		v.Fatalf("no event within %v", within)
		return event{}
	}
}
