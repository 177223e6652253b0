package oidclogin_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// trail keeps events, and can refuse to record grants.
type trail struct {
	mu     sync.Mutex
	events []event.Event
	full   error
}

func (t *trail) Listen(e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, e)
}

func (t *trail) Record(context.Context, event.Event) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.full
}

func (t *trail) setFull(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.full = err
}

// of returns the events of that kind, once the stream is closed.
func (t *trail) of(kind event.Kind) []event.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found []event.Event
	for _, e := range t.events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

// watchedSite is an application with a login and pme, whose events go to one stream.
func watchedSite(t *testing.T, tr *trail) (*site, *event.Stream, *pme.Handler, *matterporttest.Running) {
	t.Helper()
	stream, err := event.New(event.Config{Listeners: []event.Listener{tr}, Recorder: tr, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, newIDP(t), func(cfg *oidclogin.Config) { cfg.Events = stream })
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL, HTTPClient: up.Client(),
		Authenticate: s.login, Events: stream, Logger: slog.New(slog.DiscardHandler),
		Access: access.List{
			{Users: []string{s.idp.URL + "#alice"}, Models: []string{office}},
			{Groups: []string{"archive"}, Models: []string{office}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	h.Mount(s.Config.Handler.(*http.ServeMux), "/pme")
	return s, stream, h, up
}

// wantToken fails unless asking for a token is answered with that status.
func (b *browser) wantToken(want int) {
	b.t.Helper()
	if a := b.fetch(tokenPath); a.status != want {
		b.t.Errorf("status %d, want %d: %s", a.status, want, a.body)
	}
}

const tokenPath = "/pme/token?modelId=" + office

// Who signed in? Why was bob refused? Who opened what, on what grounds? The events alone say it.
func TestEventsAnswerTheOperatorsQuestions(t *testing.T) {
	tr := new(trail)
	s, stream, _, _ := watchedSite(t, tr)
	alice, bob, stranger := s.browser(t), s.browser(t), s.browser(t)
	s.idp.claims["sub"] = "alice"
	alice.signIn()
	s.idp.claims["sub"] = "bob"
	bob.signIn()
	alice.wantToken(http.StatusOK)
	alice.wantToken(http.StatusOK)
	bob.wantToken(http.StatusForbidden)
	stranger.wantToken(http.StatusUnauthorized)
	stranger.open("/auth/callback?state=x&code=secret-code")
	alice.logout()
	if err := stream.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}

	aliceID, bobID := s.idp.URL+"#alice", s.idp.URL+"#bob"
	one := func(kind event.Kind, i, of int) event.Event {
		t.Helper()
		found := tr.of(kind)
		if len(found) != of {
			t.Fatalf("%d events %q, want %d: %+v", len(found), kind, of, found)
		}
		return found[i]
	}
	if a, b := one(event.SignedIn, 0, 2), one(event.SignedIn, 1, 2); a.User != aliceID || b.User != bobID || a.Session == "" || a.Session == b.Session {
		t.Errorf("signed in: %+v, %+v", a, b)
	}
	if e := one(event.TokenDenied, 0, 1); e.User != bobID || e.Models[0] != office || e.Reason != "no_rule" || e.Request.Path != "/pme/token" || e.Request.Client != "127.0.0.1" {
		t.Errorf("refused: %+v", e)
	}
	if e := one(event.TokenGranted, 0, 1); e.User != aliceID || e.Models[0] != office || e.Reason != "rule" || !strings.HasPrefix(e.Detail, "rule 1") || e.Request.Path != "/pme/token" || e.Session == "" {
		t.Errorf("granted: %+v", e)
	}
	if e := one(event.TokenReused, 0, 1); e.User != aliceID || e.Reason != "cached" {
		t.Errorf("reused: %+v", e)
	}
	if e := one(event.RequestRefused, 0, 1); e.Reason != "not_signed_in" || e.User != "" || e.Request.Path != "/pme/token" {
		t.Errorf("request refused: %+v", e)
	}
	if e := one(event.SignInRefused, 0, 1); e.Reason != "invalid_request" || e.Request.Path != "/auth/callback" {
		t.Errorf("login refused: %+v", e)
	}
	if e := one(event.SignedOut, 0, 1); e.User != aliceID || e.Reason != "logout" || e.Request.Path != "/auth/logout" {
		t.Errorf("signed out: %+v", e)
	}
	if e := one(event.TokensRevoked, 0, 1); e.User != aliceID || e.Count != 1 {
		t.Errorf("revoked: %+v", e)
	}
	wantUniqueAndSilent(t, tr, alice, bob)
}

// wantUniqueAndSilent fails if two events have one ID, or if an event has a secret in it.
func wantUniqueAndSilent(t *testing.T, tr *trail, browsers ...*browser) {
	t.Helper()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	all, err := json.Marshal(tr.events)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"secret-code", clientSecret, string(matterporttest.DefaultClientSecret), "Bearer"}
	for _, b := range browsers {
		for _, c := range b.cookies() {
			secrets = append(secrets, c.Value)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(string(all), secret) {
			t.Errorf("an event has %q in it", secret)
		}
	}
	seen := map[string]bool{}
	for _, e := range tr.events {
		if e.ID == "" || seen[e.ID] || e.Time.IsZero() {
			t.Errorf("%+v: the ID is missing or used twice, or there is no time", e)
		}
		seen[e.ID] = true
	}
}

func TestRecorderThatFailsPreventsGrantsButNotReuse(t *testing.T) {
	tr := new(trail)
	s, stream, h, up := watchedSite(t, tr)
	alice := s.browser(t)
	s.idp.claims["sub"] = "alice"
	alice.signIn()
	tr.setFull(errors.New("disk full"))
	alice.wantToken(http.StatusServiceUnavailable)
	wantNoLiveToken(t, up)
	tr.setFull(nil)
	alice.wantToken(http.StatusOK)
	tr.setFull(errors.New("disk full"))
	alice.wantToken(http.StatusOK)
	if _, err := h.Issuer().Revoke(t.Context(), store.Selector{User: s.idp.URL + "#alice"}); err != nil { // the session goes on
		t.Fatal(err)
	}
	alice.wantToken(http.StatusServiceUnavailable)
	wantNoLiveToken(t, up)
	if err := stream.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	withheld, granted := tr.of(event.TokenWithheld), tr.of(event.TokenGranted)
	if len(withheld) != 2 || withheld[0].Reason != "not_recorded" || len(granted) != 1 {
		t.Errorf("withheld %+v, granted %+v", withheld, granted)
	}
}

// wantNoLiveToken waits until the tokens that were not granted are deleted at Matterport.
func wantNoLiveToken(t *testing.T, up *matterporttest.Running) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); len(up.LiveTokens()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("live at Matterport: %d tokens", len(up.LiveTokens()))
		}
	}
}

func TestSignInSaysWhoItIs(t *testing.T) {
	tr := new(trail)
	s, stream, _, _ := watchedSite(t, tr)
	s.idp.claims["sub"], s.idp.claims["groups"] = "bob", []string{"staff", "Archive"} // the policy names archive
	s.idp.claims["email"], s.idp.claims["email_verified"] = "bob@example.com", true
	s.browser(t).signIn()
	if err := stream.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := tr.of(event.SignedIn)
	if len(found) != 1 || found[0].User != s.idp.URL+"#bob" || strings.Join(found[0].Groups, " ") != "Archive" ||
		found[0].Detail != `e-mail address "bob@example.com"` || found[0].Request.Path != "/auth/callback" || found[0].Request.Client != "127.0.0.1" {
		t.Errorf("%+v", found)
	}
}

func TestSignOutByAnAdministratorSaysWho(t *testing.T) {
	tr := new(trail)
	s, stream, h, _ := watchedSite(t, tr)
	alice := s.browser(t)
	s.idp.claims["sub"] = "alice"
	alice.signIn()
	ctx := event.WithCause(t.Context(), event.Cause{By: "root", Reason: "admin"})
	if _, err := h.RevokeUser(ctx, s.idp.URL+"#alice"); err != nil {
		t.Fatal(err)
	}
	if err := stream.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := tr.of(event.SignedOut); len(found) != 1 || found[0].By != "root" || found[0].Reason != "ended" {
		t.Errorf("%+v", found)
	}
}
