package pme_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
	"github.com/go-pme/pme/secret"
)

// A volume is a directory as Kubernetes mounts a secret: the file is a link by way of ..data, which is swapped.
type volume struct {
	t       *testing.T
	dir     string
	version int
}

func newVolume(t *testing.T, content string) *volume {
	v := &volume{t: t, dir: t.TempDir()}
	v.swap(content)
	if err := os.Symlink(filepath.Join("..data", "client-secret"), v.file()); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *volume) file() string { return filepath.Join(v.dir, "client-secret") }

func (v *volume) swap(content string) {
	v.version++
	name := fmt.Sprintf("..%d", v.version)
	steps := []func() error{
		func() error { return os.Mkdir(filepath.Join(v.dir, name), 0o700) },
		func() error { return os.WriteFile(filepath.Join(v.dir, name, "client-secret"), []byte(content), 0o600) },
		func() error { return os.Symlink(name, filepath.Join(v.dir, "..tmp")) },
		func() error { return os.Rename(filepath.Join(v.dir, "..tmp"), filepath.Join(v.dir, "..data")) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			v.t.Fatal(err)
		}
	}
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it takes too long until " + what)
		}
	}
}

const people = 20

func person(n int) string { return fmt.Sprintf("person%d", n%people) }

// A secretSite is a handler whose client secret is in a volume.
type secretSite struct {
	*pme.Handler
	up     *matterporttest.Running
	volume *volume
	log    *logtest.Buffer
}

func newSecretSite(t *testing.T) *secretSite {
	s := &secretSite{volume: newVolume(t, matterporttest.DefaultClientSecret+"\n"), log: new(logtest.Buffer)}
	source, err := secret.File(s.volume.file())
	if err != nil {
		t.Fatal(err)
	}
	var users []string
	for n := range people {
		users = append(users, person(n))
	}
	s.Handler, s.up = newHandler(t, func(cfg *pme.Config) {
		cfg.ClientSecret, cfg.ClientSecrets = "", source
		cfg.Access = access.List{{Users: append(users, "late"), Models: []string{office}}}
		cfg.Logger = slog.New(slog.NewTextHandler(s.log, nil))
	})
	t.Cleanup(func() {
		for _, value := range []string{matterporttest.DefaultClientSecret, "fresh-hush", "bad-hush"} {
			if strings.Contains(s.log.String(), value) {
				t.Error("a secret is in the log")
			}
		}
	})
	return s
}

func (s *secretSite) readyz(t *testing.T) string {
	w := httptest.NewRecorder()
	s.Health().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	return w.Body.String()
}

// While tours are watched, the operator resets the secret at Matterport, which ends all application tokens. Tokens of all
// visitors are due for renewal from then on, and have 90 seconds left. A while later the new secret is in the file.
func TestAClientSecretIsReplacedUnderLoadWithoutAFailedRequest(t *testing.T) {
	s := newSecretSite(t)
	for n := range people {
		if w := ask(t, s, person(n), ""); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
	}
	var requests, failed atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for !stop.Load() {
				if w := ask(t, s, person(int(requests.Add(1))), ""); w.Code != http.StatusOK {
					failed.Add(1)
				}
			}
		})
	}
	defer wg.Wait()
	defer stop.Store(true)
	s.up.ResetClientSecret("fresh-hush")
	s.up.SkewClock(8*time.Minute + 30*time.Second)
	if w := ask(t, s, "late", ""); w.Code != http.StatusBadGateway { // and Matterport's answer tells the time
		t.Errorf("a visitor without a token gets %d", w.Code)
	}
	inGap := requests.Load() + 1000
	await(t, "1,000 requests were made without a secret that works", func() bool { return requests.Load() > inGap })
	if left := len(s.up.LiveTokens()); left != people {
		t.Errorf("%d tokens were minted with the old secret", left-people)
	}
	s.volume.swap("fresh-hush\n")
	await(t, "all tokens are renewed", func() bool { return len(s.up.LiveTokens()) == 2*people })
	stop.Store(true)
	wg.Wait()
	t.Logf("%d requests, %d failed, %d calls of the token endpoint", requests.Load(), failed.Load(), s.up.Calls("token"))
	if failed.Load() != 0 {
		t.Errorf("%d of %d requests failed", failed.Load(), requests.Load())
	}
	if w := ask(t, s, "late", ""); w.Code != http.StatusOK {
		t.Errorf("a new visitor gets %d", w.Code)
	}
	for _, reason := range []string{"read", "accepted"} {
		await(t, "it is told: "+reason, func() bool {
			return strings.Count(s.log.String(), `part="matterport client secret" reason=`+reason) == 1
		})
	}
}

// A bad new secret keeps the old one as long as Matterport accepts it, and is told. Nothing else is affected.
func TestABadNewClientSecretKeepsTheOldOne(t *testing.T) {
	s := newSecretSite(t)
	if w := ask(t, s, person(0), ""); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	s.volume.swap("bad-hush\n")
	for n := range people {
		s.up.ExpireAppTokens()
		if w := ask(t, s, person(n), ""); w.Code != http.StatusOK {
			t.Errorf("visitor %d gets %d", n, w.Code)
		}
	}
	visits := 0
	await(t, "the bad secret is told", func() bool {
		visits++
		if w := ask(t, s, person(visits), fmt.Sprint(visits)); w.Code != http.StatusOK {
			t.Fatalf("a visitor gets %d", w.Code)
		}
		return strings.Contains(s.log.String(), `msg="secret rejected"`)
	})
	if ready := s.readyz(t); !strings.Contains(ready, "a new secret is refused, the one before it is in use") || strings.Contains(ready, "hush") {
		t.Error(ready)
	}
	// Now Matterport accepts neither: tours go on, new visitors wait, and the error says what to do.
	s.up.ResetClientSecret("fresh-hush")
	if w := ask(t, s, person(1), ""); w.Code != http.StatusOK {
		t.Errorf("a running tour gets %d", w.Code)
	}
	if w := ask(t, s, "late", ""); w.Code != http.StatusBadGateway {
		t.Errorf("a new visitor gets %d", w.Code)
	}
	if !strings.Contains(s.log.String(), "check the client ID and the client secret") {
		t.Error("the log does not say what to do")
	}
	s.volume.swap("fresh-hush\n")
	if w := ask(t, s, "late", ""); w.Code != http.StatusOK {
		t.Errorf("with the right secret a new visitor gets %d", w.Code)
	}
	await(t, "health is well", func() bool { return !strings.Contains(s.readyz(t), "secret is refused") }) // a report is shown for a second
}

// After many refusals no value is shown for a while. That is over as soon as the file changes: it is not Matterport's wish.
func TestAFileThatChangesEndsThePauseOfARefusedSecret(t *testing.T) {
	s := newSecretSite(t)
	s.up.ResetClientSecret("fresh-hush")
	for n := range 5 {
		if w := ask(t, s, person(n), ""); w.Code != http.StatusBadGateway {
			t.Errorf("visitor %d gets %d", n, w.Code)
		}
	}
	s.volume.swap("fresh-hush\n")
	if w := ask(t, s, person(5), ""); w.Code != http.StatusOK {
		t.Errorf("with the right secret a visitor gets %d", w.Code)
	}
}

// A page that is made after the change has the new key; a bad file changes nothing.
func TestAnSDKKeyIsReplaced(t *testing.T) {
	v := newVolume(t, "key-one\n")
	source, err := secret.File(v.file())
	if err != nil {
		t.Fatal(err)
	}
	log := new(logtest.Buffer)
	h, _ := newHandler(t, func(cfg *pme.Config) {
		cfg.Pages.SDKKeys = source
		cfg.Logger = slog.New(slog.NewTextHandler(log, nil))
	})
	key := func(want string) bool {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/settings", nil)
		r.Header.Set("Person", "alice")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return strings.Contains(w.Body.String(), `"sdk_key":"`+want+`"`)
	}
	if !key("key-one") {
		t.Error("the first key is not shown")
	}
	v.swap("key-two\n")
	await(t, "the key changes", func() bool { return key("key-two") })
	v.swap("")
	await(t, "the empty file is told", func() bool { return key("key-two") && strings.Contains(log.String(), `msg="secret rejected"`) })
	if strings.Count(log.String(), `msg="secret changed"`) != 1 || strings.Contains(log.String(), "key-two") {
		t.Error(log.String())
	}

	_, err = pme.New(pme.Config{Pages: pages.Config{SDKKey: "a", SDKKeys: source}})
	if err == nil || !strings.Contains(err.Error(), "SDKKey and SDKKeys are both set") {
		t.Error(err)
	}
}
