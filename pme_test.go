package pme_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const office = "SxQL3iGyoDo"

// byHeader is a login that believes the Person header.
func byHeader() *middleware.Gate {
	g, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person"), Session: r.Header.Get("Device")}, nil
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		panic(err)
	}
	return g
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
