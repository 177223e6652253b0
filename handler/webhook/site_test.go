package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	showroom  = "Hk7Wq2mBn4T"

	current = "0123456789-webhook-secret"
	older   = "an-older-webhook-secret"
)

// wire leads to the emulator without a network, so that the time of a test can stand still.
type wire struct {
	http.Handler
	mu    sync.Mutex
	takes time.Duration
}

func (l *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	takes := l.takes
	l.mu.Unlock()
	time.Sleep(takes)
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:1"
	w := httptest.NewRecorder()
	l.ServeHTTP(w, in)
	res := w.Result()
	res.Request = r
	return res, nil
}

// site is an application with a webhook, and the real parts behind it.
type site struct {
	*testing.T
	matterport *matterporttest.Server
	wire       *wire
	issuer     *issuer.Issuer
	catalog    *catalog.Catalog
	hook       *webhook.Handler
	log        *logtest.Buffer

	mu     sync.Mutex
	events []event.Event
}

func (s *site) Listen(e event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

func (s *site) of(kind event.Kind) (found []event.Event) {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

// at runs a test of a site in time that stands still.
func at(t *testing.T, change func(*webhook.Config), test func(*site)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &site{T: t, matterport: matterporttest.New(matterporttest.Config{ShowcaseURL: "https://my.matterport.com"}), log: new(logtest.Buffer)}
		s.wire = &wire{Handler: s.matterport}
		logger := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		stream := must(event.New(event.Config{Logger: logger, Listeners: []event.Listener{s}, Queue: 100_000}))
		client := must(matterport.New(matterport.Config{
			ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
			HTTPClient: &http.Client{Transport: s.wire}, Logger: logger,
		}))
		policy := must(access.List{{Users: []string{"alice", "bob"}, Models: []string{"*"}}}.Policy())
		s.issuer = must(issuer.New(issuer.Config{Matterport: client, Policy: policy, Events: stream, Logger: logger, MintBurst: 1000, ValidFor: 24 * time.Hour}))
		s.catalog = must(catalog.New(catalog.Config{Matterport: client, Policy: policy, Logger: logger}))
		cfg := webhook.Config{
			Credential: webhook.Credential{Secrets: secret.Fixed(current, older)},
			Matterport: client, Tokens: s.issuer, Catalog: s.catalog, Events: stream, Logger: logger,
		}
		if change != nil {
			change(&cfg)
		}
		s.hook = must(webhook.New(cfg))
		defer s.wantNoSecrets()
		defer func() {
			_ = s.hook.Close()
			_ = s.catalog.Close()
			_ = s.issuer.Close()
			_ = client.Close()
			_ = stream.Shutdown(context.Background())
		}()
		test(s)
	})
}

func (s *site) wantNoSecrets() {
	for _, value := range []string{current, older, "bm90LXRoZS1zZWNyZXQ", "not-the-secret", "in-the-query"} {
		if strings.Contains(s.log.String(), value) {
			s.Errorf("%q is in the log", value)
		}
		if strings.Contains(fmt.Sprintf("%+v", s.events), value) {
			s.Errorf("%q is in an event", value)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// body is an event of version 2 as it is documented.
func body(kind, model string) string {
	return fmt.Sprintf(`{"modelId":%q,"version":2,"webhookId":"887n9rwrdxytnttms0t1h02mc","webhookCustomKey":null,"timestamp":"2026-01-02T03:04:05Z","type":%q,"body":{"a":1}}`,
		model, kind)
}

func bearer(value string) http.Header { return http.Header{"Authorization": {"Bearer " + value}} }

// post sends a request, and returns its answer.
func (s *site) post(header http.Header, content string) *httptest.ResponseRecorder {
	s.Helper()
	return s.send(header, strings.NewReader(content))
}

func (s *site) send(header http.Header, content io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/events?current=in-the-query", content)
	maps.Copy(r.Header, header)
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.hook.ServeHTTP(w, r)
	return w
}

// event sends an event that has to be taken.
func (s *site) event(kind, model string) {
	s.Helper()
	if w := s.post(bearer(current), body(kind, model)); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		s.Fatalf("%s of %s: %d %s", kind, model, w.Code, w.Body)
	}
}

// open issues a token, and returns it.
func (s *site) open(user string, models ...string) string {
	s.Helper()
	token, err := s.issuer.Issue(s.Context(), &identity.User{ID: user}, models...)
	if err != nil {
		s.Fatal(err)
	}
	return string(token.AccessToken)
}

// looks is how often Matterport was asked for the state of a model.
func (s *site) looks() int { return s.matterport.Calls("model") }

func (s *site) wantLooks(n int) {
	s.Helper()
	if got := s.looks(); got != n {
		s.Errorf("%d looks at Matterport, want %d", got, n)
	}
}

// live reports whether a token works at Matterport.
func (s *site) wantLive(token string, want bool) {
	s.Helper()
	if got := s.matterport.Live(token); got != want {
		s.Errorf("the token is live: %v, want %v", got, want)
	}
}

// pass lets time pass.
func (s *site) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// How broken tokens behave.
const (
	well = iota
	storeFails
	storePanics
	revokeFails
	revokePends
)

// tokens are the issuer's, with trouble in front of them.
type tokens struct {
	webhook.Tokens
	trouble atomic.Int32
}

var errStore = errors.New("connection refused")

func (o *tokens) LiveModels(ctx context.Context) (map[string]int, error) {
	switch o.trouble.Load() {
	case storeFails:
		return nil, errStore
	case storePanics:
		panic(current)
	}
	return o.Tokens.LiveModels(ctx)
}

func (o *tokens) Revoke(ctx context.Context, sel store.Selector) (issuer.Revocation, error) {
	switch o.trouble.Load() {
	case revokeFails:
		return issuer.Revocation{}, errStore
	case revokePends:
		return issuer.Revocation{}, fmt.Errorf("half: %w", store.ErrPending)
	}
	return o.Tokens.Revoke(ctx, sel)
}

// slow is a body that never ends.
type slow struct{ *bytes.Reader }

func (slow) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
