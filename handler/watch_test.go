package handler_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/stream/streamtest"
	"github.com/go-pme/pme/middleware"
)

// An intranet is an application whose login and policy a test can change. Nothing in it calls Matterport.
type intranet struct {
	*pme.Handler

	mu      sync.Mutex
	login   error           // what the gate's Recognizer fails with
	out     map[string]bool // the users who are signed out
	denied  map[string]bool // the models that no user may see
	broken  error           // what the policy fails with
	changed func()          // tells pme that the policy has changed
	asked   int             // how often the policy was asked
	once    func()          // runs after the gate has recognized a user, once
}

func newIntranet(t *testing.T) *intranet {
	t.Helper()
	n := &intranet{out: map[string]bool{}, denied: map[string]bool{}, changed: func() {}}
	gate, err := middleware.New(middleware.Func(n.recognize), middleware.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	n.Handler, err = pme.New(pme.Config{
		ClientID: "client-id", ClientSecret: "secret", APIURL: "http://127.0.0.1:1", Authenticate: gate, Access: watchedPolicy{n},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *intranet) change(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
}

func (n *intranet) recognize(r *http.Request) (identity.User, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	user := r.Header.Get("Person")
	if n.login != nil || n.out[user] {
		return identity.User{}, n.login
	}
	if n.once != nil {
		n.once()
		n.once = nil
	}
	return identity.User{ID: user}, nil
}

// watchedPolicy is the policy of an intranet.
type watchedPolicy struct{ n *intranet }

func (p watchedPolicy) Policy() (access.Policy, error) { return p, nil }

func (p watchedPolicy) Grants(context.Context, *identity.User) (access.Grants, error) {
	return access.Grants{Open: true}, nil
}

func (p watchedPolicy) Allowed(_ context.Context, _ *identity.User, model string) (bool, error) {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	p.n.asked++
	return !p.n.denied[model], p.n.broken
}

func (p watchedPolicy) Watch(changed func()) func() {
	p.n.change(func() { p.n.changed = changed })
	return func() {}
}

// watch opens a stream as a user, inside the bubble of a test.
func (n *intranet) watch(t *testing.T, user, query string) *streamtest.Tape {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/watch?"+query, nil)
	r.Header.Set("Person", user)
	return streamtest.Read(t, n, r)
}

func denied(model string) string {
	return fmt.Sprintf("event: refused\ndata: {\"modelId\":%q,\"error\":\"access_denied\",\"error_description\":\"You do not have access to this space.\"}\n\n", model)
}

func renew(model string) string {
	return fmt.Sprintf("event: renew\ndata: {\"modelId\":%q}\n\n", model)
}

const signedOut = "event: refused\ndata: {\"error\":\"login_required\",\"error_description\":\"Please sign in.\"}\n\n"

// bubble runs a test in a bubble, in which nothing takes time.
func bubble(t *testing.T, f func(t *testing.T, n *intranet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := newIntranet(t)
		f(t, n)
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

func TestWatchTellsOfANewPolicyAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		b := n.watch(t, "alice", "modelId="+office+"&modelId="+warehouse)
		b.Want(t, "at first", "", false)
		n.change(func() { n.denied[office] = true })
		n.changed()
		b.Want(t, "withdrawn", denied(office), false)
		n.changed()
		b.Want(t, "another change", "", false)
		n.change(func() { n.denied[office] = false })
		n.changed()
		b.Want(t, "allowed again", renew(office), false)
		n.change(func() { n.denied[office] = true })
		if err := n.Issuer().Recheck(t.Context()); err != nil {
			t.Error(err)
		}
		b.Want(t, "withdrawn by a policy that tells of no change", denied(office), false)
	})
}

func TestWatchTellsOfRevocationsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		alice := n.watch(t, "alice", "modelId="+office+"&modelId="+warehouse)
		bob := n.watch(t, "bob", "modelId="+office)
		revoke := func(_ any, err error) {
			if err != nil {
				t.Error(err)
			}
		}
		revoke(n.RevokeUser(t.Context(), "alice"))
		alice.Want(t, "her tokens", renew(office)+renew(warehouse), false)
		bob.Want(t, "another user's tokens", "", false)
		revoke(n.RevokeModel(t.Context(), office))
		alice.Want(t, "tokens of the model", renew(office), false)
		bob.Want(t, "tokens of the model", renew(office), false)
		n.change(func() { n.out["alice"] = true })
		revoke(n.RevokeUser(t.Context(), "alice"))
		alice.Want(t, "signed out", signedOut, true)
		bob.Want(t, "signed out another user", "", false)
	})
}

// Some changes are not announced, such as those of a policy without a Watch, or a session that ended in another process.
func TestWatchAsksAgainByItself(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		b := n.watch(t, "alice", "modelId="+office)
		n.change(func() { n.denied[office] = true })
		time.Sleep(26 * time.Second)
		b.Want(t, "withdrawn", denied(office), false)
		asked := n.asked
		time.Sleep(time.Minute)
		b.Want(t, "a minute later", "", false)
		if n.asked != asked {
			t.Error("the policy was asked again about a model of which the page knows")
		}
		n.change(func() { n.out["alice"] = true })
		time.Sleep(26 * time.Second)
		b.Want(t, "signed out", signedOut, true)
	})
}

func TestWatchSaysNothingWhileItCannotTell(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		b := n.watch(t, "alice", "modelId="+office)
		n.change(func() { n.login = errors.New("session store away") })
		time.Sleep(time.Minute)
		b.Want(t, "the gate fails", "", false)
		if _, err := n.RevokeModel(t.Context(), office); err != nil {
			t.Error(err)
		}
		b.Want(t, "a token is revoked meanwhile", "", false)
		n.change(func() { n.login, n.broken = nil, errors.New("directory away") })
		n.changed()
		time.Sleep(time.Minute)
		b.Want(t, "the policy fails", "", false)
		n.change(func() { n.broken = nil })
		time.Sleep(time.Minute)
		b.Want(t, "all is well again", renew(office), false)
	})
}

// A user who is signed out between the gate and the stream reads so at once.
func TestWatchAsksTheGateAtFirst(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		n.once = func() { n.out["alice"] = true }
		n.watch(t, "alice", "modelId="+office).Want(t, "signed out meanwhile", signedOut, true)
	})
}

func TestWatchEndsWithTheHandlerAndTheBrowser(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		left, stays := n.watch(t, "alice", ""), n.watch(t, "alice", "")
		left.Leave()
		left.Want(t, "the browser leaves", "", true)
		stays.Want(t, "another browser", "", false)
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		stays.Want(t, "closed", "", true)
	})
}

func TestAUserHasEightStreams(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		var streams []*streamtest.Tape
		for range 8 {
			streams = append(streams, n.watch(t, "alice", ""))
		}
		if b := n.watch(t, "alice", ""); b.Status() != http.StatusTooManyRequests || b.Header().Get("Retry-After") != "30" {
			t.Errorf("the ninth: %d %v", b.Status(), b.Header())
		}
		n.watch(t, "bob", "").Want(t, "another user", "", false)
		streams[3].Leave()
		synctest.Wait()
		n.watch(t, "alice", "").Want(t, "after one has left", "", false)
	})
}

func TestWatchRefusesLikeOtherEndpoints(t *testing.T) {
	n := newIntranet(t)
	defer n.Close() //nolint:errcheck // the error is nil
	n.denied[showroom] = true
	for what, test := range map[string]struct {
		method, person, query string
		status                int
		code                  string
	}{
		"no user":      {http.MethodGet, "", "modelId=" + office, 401, "login_required"},
		"no model ID":  {http.MethodGet, "alice", "modelId=x", 400, "invalid_request"},
		"many models":  {http.MethodGet, "alice", strings.Repeat("modelId="+office+"&", 101), 400, "invalid_request"},
		"broken query": {http.MethodGet, "alice", "modelId=%zz", 400, "invalid_request"},
		"POST":         {http.MethodPost, "alice", "", 405, "invalid_request"},
		"a buffer":     {http.MethodGet, "alice", "", 501, "not_supported"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), test.method, "/watch?"+test.query, nil)
		r.Header.Set("Person", test.person)
		w := httptest.NewRecorder()
		n.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
		if w.Code != test.status || !strings.Contains(w.Body.String(), `"`+test.code+`"`) || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %v %s", what, w.Code, w.Header(), w.Body)
		}
	}
}

func TestWatchTellsAtFirstWhatIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, n *intranet) {
		n.denied[warehouse] = true
		n.watch(t, "alice", "modelId="+office+"&modelId="+warehouse).Want(t, "at first", denied(warehouse), false)
	})
}

// A server that shuts down does not wait for streams.
func TestWatchEndsWhenItsServerShutsDown(t *testing.T) {
	n := newIntranet(t)
	defer n.Close() //nolint:errcheck // the error is nil
	server := httptest.NewServer(n)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/watch?modelId="+office, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Person", "alice")
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := server.Config.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != "retry: 3000\n\n" {
		t.Errorf("%q, %v", text, err)
	}
}
