package pme_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const warehouse = "yyHDFKzPzvN"

// newSite is a handler with two models that alice and bob may see.
func newSite(t *testing.T, change func(*pme.Config)) (*pme.Handler, *matterporttest.Running) {
	t.Helper()
	h, up := newHandler(t, func(c *pme.Config) {
		c.Access = access.List{{Users: []string{"alice", "bob"}, Models: []string{office, warehouse}}}
		if change != nil {
			change(c)
		}
	})
	up.AddModel(matterporttest.Model{ID: warehouse, Name: "Warehouse"})
	return h, up
}

func askFor(t *testing.T, h http.Handler, person, models string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+models, nil)
	r.Header.Set("Person", person)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestRevokeAllEndsEveryTour(t *testing.T) {
	h, up := newSite(t, nil)
	open := func() {
		for _, person := range []string{"alice", "bob"} {
			for _, models := range []string{office, warehouse, office + "&modelId=" + warehouse} {
				if status := askFor(t, h, person, models); status != http.StatusOK {
					t.Fatalf("%s, %s: %d", person, models, status)
				}
			}
		}
	}
	open()
	first := up.LiveTokens()
	if out, err := h.RevokeAll(t.Context()); err != nil || out != (issuer.Revocation{Tokens: 6}) {
		t.Errorf("%+v, %v", out, err)
	}
	if len(first) != 6 || len(up.LiveTokens()) != 0 {
		t.Errorf("%d tokens were live, and %d are", len(first), len(up.LiveTokens()))
	}
	if out, err := h.RevokeAll(t.Context()); err != nil || out != (issuer.Revocation{}) {
		t.Errorf("once more: %+v, %v", out, err)
	}
	open() // nobody is locked out
	if again := up.LiveTokens(); len(again) != 6 || slices.ContainsFunc(again, func(a matterporttest.Token) bool {
		return slices.ContainsFunc(first, func(b matterporttest.Token) bool { return a.Value == b.Value })
	}) {
		t.Errorf("%d new tokens are live", len(again))
	}
}

// Promise 4: no mint counts whose request had passed the gate before.
func TestRevokeAllVoidsMintsInFlight(t *testing.T) {
	h, up := newSite(t, nil)
	up.Fail("createPrivateModelEmbedLink", matterporttest.Latency(300*time.Millisecond), 2)
	answers := make(chan int, 2)
	for _, person := range []string{"alice", "bob"} {
		go func() { answers <- askFor(t, h, person, office) }()
	}
	for deadline := time.Now().Add(5 * time.Second); up.Calls("createPrivateModelEmbedLink") < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is minted")
		}
	}
	if out, err := h.RevokeAll(t.Context()); err != nil || out.Tokens != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	for range 2 {
		if status := <-answers; status != http.StatusServiceUnavailable {
			t.Errorf("a request from before the revocation gets %d", status)
		}
	}
	for deadline := time.Now().Add(5 * time.Second); len(up.LiveTokens()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d tokens of the void mints are live", len(up.LiveTokens()))
		}
	}
}

// rememberingLogin notes whom it forgets and whose sessions it ends.
type rememberingLogin struct {
	forgetter
	ended int
}

func (l *rememberingLogin) RevokeSessions(context.Context, string, string) error {
	l.ended++
	return nil
}

func TestRevokeAllForgetsEverybodyAndEndsNoSession(t *testing.T) {
	login := &rememberingLogin{forgetter: forgetter{Gate: byHeader()}}
	h, _ := newSite(t, func(c *pme.Config) { c.Authenticate = login })
	if _, err := h.RevokeAll(t.Context()); err != nil {
		t.Error(err)
	}
	if !slices.Equal(login.forgot, []string{""}) || login.ended != 0 {
		t.Errorf("forgot %q, ended %d sessions", login.forgot, login.ended)
	}
}

// brokenLogin panics when it has to forget anybody.
type brokenLogin struct{ forgetter }

func (*brokenLogin) Invalidate(string) { panic("secret inside") }

func TestRevokeAllRevokesAlthoughTheLoginPanics(t *testing.T) {
	h, up := newSite(t, func(c *pme.Config) { c.Authenticate = &brokenLogin{forgetter{Gate: byHeader()}} })
	askFor(t, h, "alice", office)
	out, err := h.RevokeAll(t.Context())
	if err == nil || strings.Contains(err.Error(), "secret") || out.Tokens != 1 || len(up.LiveTokens()) != 0 {
		t.Errorf("%+v, %v, %d tokens live", out, err, len(up.LiveTokens()))
	}
}

func TestReplicasForgetEverybodyWhenEverythingIsRevoked(t *testing.T) {
	f, gate := newProcessFleet(), &forgetter{Gate: byHeader()}
	newHandler(t, func(cfg *pme.Config) { cfg.Fleet, cfg.Authenticate = f, gate })
	f.heard(store.Selector{All: true})
	if !slices.Equal(gate.forgot, []string{""}) {
		t.Errorf("forgot %q", gate.forgot)
	}
}

func TestOpenPagesOfAllUsersAreToldThatEverythingWasRevoked(t *testing.T) {
	h, _ := newSite(t, nil)
	server := httptest.NewServer(h)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // less than the time after which a stream asks by itself
	defer cancel()
	streams := make(map[string]*bufio.Scanner)
	for person, model := range map[string]string{"alice": office, "bob": warehouse} {
		askFor(t, h, person, model)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/watch?modelId="+model, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Person", person)
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		streams[model] = bufio.NewScanner(res.Body)
		streams[model].Scan() // it has begun
	}
	if _, err := h.RevokeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for model, lines := range streams {
		told := false
		for !told && lines.Scan() {
			told = lines.Text() == `data: {"modelId":"`+model+`"}`
		}
		if !told {
			t.Errorf("the page of %s is not told", model)
		}
	}
}
