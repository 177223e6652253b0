package pme_test

import (
	"context"
	"errors"
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

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const office = "SxQL3iGyoDo"

// byHeader is a login that believes the Person header.
func byHeader() *middleware.Gate {
	return middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person"), Session: r.Header.Get("Device")}, nil
	})
}

func newHandler(t *testing.T, change func(*pme.Config)) (*pme.Handler, *matterporttest.Running) {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
	cfg := pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		HTTPClient:   up.Client(),
		Authenticate: byHeader(),
		Access:       access.List{{Users: []string{"alice", "bob"}, Models: []string{office}}},
	}
	if change != nil {
		change(&cfg)
	}
	h, err := pme.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h, up
}

func ask(t *testing.T, h http.Handler, person, device string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+office, nil)
	r.Header.Set("Person", person)
	r.Header.Set("Device", device)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestNewReportsEverythingThatIsWrong(t *testing.T) {
	_, err := pme.New(pme.Config{
		ValidFor: 45 * time.Second, APIURL: "http://api.example.com", Pages: pages.Config{ShowcaseURL: "ftp://x", SDKURL: "javascript:alert(1)"},
		Access: access.List{{Models: []string{"short"}}},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"Authenticate is missing", "ValidFor is 45s", "ClientID", "ClientSecret", "ShowcaseURL", "SDKURL", "short", "https"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	if _, err := pme.New(pme.Config{}); err == nil || !strings.Contains(err.Error(), "Access is missing") {
		t.Errorf("%v", err)
	}
}

// The main figure of the design: 1,000 first requests at once, one mint; and the first of them leaving
// takes nothing from the others.
func TestThousandFirstRequestsMintOnce(t *testing.T) {
	h, up := newHandler(t, nil)
	up.Fail("createPrivateModelEmbedLink", matterporttest.Latency(300*time.Millisecond), 1)
	ctx, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var failed atomic.Int32
	wg.Go(func() {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/token?modelId="+office, nil)
		r.Header.Set("Person", "alice")
		h.ServeHTTP(httptest.NewRecorder(), r)
	})
	for deadline := time.Now().Add(5 * time.Second); up.Calls("createPrivateModelEmbedLink") == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the first request mints nothing")
		}
	}
	for range 999 {
		wg.Go(func() {
			if w := ask(t, h, "alice", ""); w.Code != http.StatusOK {
				failed.Add(1)
			}
		})
	}
	leave()
	wg.Wait()
	if n := failed.Load(); n != 0 {
		t.Errorf("%d of 999 failed", n)
	}
	if n := up.Calls("createPrivateModelEmbedLink"); n != 1 {
		t.Errorf("%d mints, want 1", n)
	}
}

func TestRevokedUserSessionAndModel(t *testing.T) {
	h, up := newHandler(t, nil)
	fill := func() {
		for _, who := range [][2]string{{"alice", "phone"}, {"alice", "desk"}, {"bob", ""}} {
			if w := ask(t, h, who[0], who[1]); w.Code != http.StatusOK {
				t.Fatalf("%v: %d", who, w.Code)
			}
		}
	}
	for what, tc := range map[string]struct {
		revoke func(context.Context) (issuer.Revocation, error)
		left   int
	}{
		"session": {func(ctx context.Context) (issuer.Revocation, error) { return h.RevokeSession(ctx, "alice", "phone") }, 2},
		"user":    {func(ctx context.Context) (issuer.Revocation, error) { return h.RevokeUser(ctx, "alice") }, 1},
		"model":   {func(ctx context.Context) (issuer.Revocation, error) { return h.RevokeModel(ctx, office) }, 0},
	} {
		fill()
		out, err := tc.revoke(t.Context())
		if n := len(up.LiveTokens()); err != nil || n != tc.left || out.Tokens != 3-tc.left {
			t.Errorf("%s: %+v, %v, %d left, want %d", what, out, err, n, tc.left)
		}
	}
	for _, empty := range []func() (issuer.Revocation, error){
		func() (issuer.Revocation, error) { return h.RevokeUser(t.Context(), "") },
		func() (issuer.Revocation, error) { return h.RevokeSession(t.Context(), "alice", "") },
		func() (issuer.Revocation, error) { return h.RevokeModel(t.Context(), "") },
	} {
		if out, err := empty(); !errors.Is(err, issuer.ErrInvalid) || out.Tokens != 0 {
			t.Errorf("%+v, %v: something was revoked for nobody", out, err)
		}
	}
}

// forgetful is a login that counts whom it is told to forget.
type forgetful struct {
	*middleware.Gate
	forgotten []string
}

func (f *forgetful) Invalidate(userID string) { f.forgotten = append(f.forgotten, userID) }

func TestRevokedUserIsForgottenByTheLogin(t *testing.T) {
	login := &forgetful{Gate: byHeader()}
	h, _ := newHandler(t, func(c *pme.Config) { c.Authenticate = login })
	if _, err := h.RevokeUser(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RevokeSession(t.Context(), "bob", "phone"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"alice", "bob"}, login.forgotten); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// farewell is a login that says when somebody signs out.
type farewell struct {
	*middleware.Gate
	say func(ctx context.Context, userID, session string)
}

func (f *farewell) OnSignOut(say func(ctx context.Context, userID, session string)) { f.say = say }

func TestSigningOutRevokesWhatWasIssuedToTheSignIn(t *testing.T) {
	login := &farewell{Gate: byHeader()}
	h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = login })
	for _, device := range []string{"phone", "desk", "tablet"} {
		ask(t, h, "alice", device)
	}
	ask(t, h, "bob", "")
	login.say(t.Context(), "alice", "phone")
	if n := len(up.LiveTokens()); n != 3 {
		t.Errorf("%d tokens live after one sign-out, want 3", n)
	}
	login.say(t.Context(), "alice", "")
	if n := len(up.LiveTokens()); n != 1 {
		t.Errorf("%d tokens live after all of alice's, want bob's", n)
	}
}

// An allow-list that changes takes its tokens back without anybody asking.
func TestChangedAllowListEndsTours(t *testing.T) {
	file := filepath.Join(t.TempDir(), "allow.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rules: [{users: [alice, bob], models: [" + office + "]}]")
	rules, err := access.OpenFile(file, access.FileOptions{Interval: 10 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rules.Close() })
	h, up := newHandler(t, func(c *pme.Config) { c.Access = rules })
	ask(t, h, "alice", "")
	ask(t, h, "bob", "")
	write("rules: [{users: [bob], models: [" + office + "]}]")
	for deadline := time.Now().Add(5 * time.Second); len(up.LiveTokens()) != 1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("alice's tour goes on")
		}
	}
	if w := ask(t, h, "alice", ""); w.Code != http.StatusForbidden {
		t.Errorf("alice: %d", w.Code)
	}
}

func TestMountPointWithoutItsSlashLeadsToIt(t *testing.T) {
	h, _ := newHandler(t, nil)
	for prefix, target := range map[string]string{"/pme": "/pme", "/a/b c": "/a/b%20c", "/evil": "/evil?x=//y"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		w := httptest.NewRecorder()
		http.StripPrefix(prefix, h).ServeHTTP(w, r)
		at, err := r.URL.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != http.StatusTemporaryRedirect || at.Path != prefix+"/" {
			t.Errorf("%s: %d to %v", target, w.Code, at)
		}
	}
}

func TestMountServesTheSameAsStripPrefix(t *testing.T) {
	h, _ := newHandler(t, nil)
	mounted, stripped := http.NewServeMux(), http.NewServeMux()
	h.Mount(mounted, "/pme/")
	stripped.Handle("/pme/", http.StripPrefix("/pme", h))
	for _, path := range []string{"", "/", "/models", "/pme.js", "/settings", "/view/" + office, "/nothing", "/token", "/view/"} {
		var codes []int
		for _, mux := range []*http.ServeMux{mounted, stripped} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/pme"+path, nil)
			r.Header.Set("Person", "alice")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			codes = append(codes, w.Code)
		}
		if codes[0] != codes[1] {
			t.Errorf("%q: %v", path, codes)
		}
	}
}

func TestConfigFromEnv(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	empty := filepath.Join(dir, "empty")
	for path, text := range map[string]string{secret: "hush\n", empty: "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lookup := func(env map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	}
	got, err := pme.ConfigFromEnv(lookup(map[string]string{
		"MATTERPORT_CLIENT_ID": "id", "MATTERPORT_CLIENT_SECRET_FILE": secret, "MATTERPORT_SDK_KEY": "key",
		"PME_VALID_FOR": "5m", "MATTERPORT_API_URL": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if string(got.ClientSecret) != "hush" {
		t.Error("the secret is not what the file holds")
	}
	want := pme.Config{ClientID: "id", ClientSecret: "hush", Pages: pages.Config{SDKKey: "key"}, ValidFor: 5 * time.Minute}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	for name, tc := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"nothing":    {nil, []string{"MATTERPORT_CLIENT_ID is not set", "MATTERPORT_CLIENT_SECRET is not set"}},
		"both":       {map[string]string{"MATTERPORT_CLIENT_SECRET": "hush", "MATTERPORT_CLIENT_SECRET_FILE": secret}, []string{"both set"}},
		"no file":    {map[string]string{"MATTERPORT_CLIENT_ID_FILE": filepath.Join(dir, "none")}, []string{"MATTERPORT_CLIENT_ID_FILE", "no such file"}},
		"empty file": {map[string]string{"MATTERPORT_CLIENT_ID_FILE": empty}, []string{"empty file"}},
		"duration":   {map[string]string{"PME_VALID_FOR": "hush", "PME_REFRESH_BEFORE": "-2m"}, []string{"PME_VALID_FOR", "PME_REFRESH_BEFORE"}},
	} {
		_, err := pme.ConfigFromEnv(lookup(tc.env))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: a value is in %v", name, err)
		}
	}
}
