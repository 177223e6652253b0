package event_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept is a listener and a recorder that keeps what it gets.
type kept struct {
	mu     sync.Mutex
	events []event.Event
	err    error
}

func (k *kept) Listen(e event.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = append(k.events, e)
}

func (k *kept) Record(_ context.Context, e event.Event) error {
	k.Listen(e)
	return k.err
}

func (k *kept) all() []event.Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]event.Event(nil), k.events...)
}

// listen is a listener of one function.
type listen func(event.Event)

func (f listen) Listen(e event.Event) { f(e) }

func newStream(t *testing.T, cfg event.Config) *event.Stream {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := event.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeStream(t *testing.T, s *event.Stream) {
	t.Helper()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEventReachesLogAndListeners(t *testing.T) {
	var log logtest.Buffer
	one, two := new(kept), new(kept)
	s := newStream(t, event.Config{Logger: slog.New(slog.NewJSONHandler(&log, nil)), Listeners: []event.Listener{one, two}})
	s.Emit(t.Context(), event.Event{
		Kind: event.TokenDenied, User: "bob", Session: "s1", Models: []string{"SxQL3iGyoDo"}, Reason: "no_rule", Detail: "no rule allows it",
	})
	closeStream(t, s)
	first, second := one.all(), two.all()
	if len(first) != 1 || len(second) != 1 || first[0].ID == "" || first[0].ID != second[0].ID || time.Since(first[0].Time) > time.Minute {
		t.Fatalf("%+v, %+v", first, second)
	}
	var record map[string]any
	if err := json.Unmarshal([]byte(log.String()), &record); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"msg": "token denied", "level": "INFO", "event": first[0].ID, "user": "bob", "session": "s1",
		"models": "SxQL3iGyoDo", "reason": "no_rule", "detail": "no rule allows it",
	} {
		if record[key] != want {
			t.Errorf("%s is %v, want %v", key, record[key], want)
		}
	}
	for _, key := range []string{"client", "path", "count"} {
		if _, ok := record[key]; ok {
			t.Errorf("%s is in the log, though it is empty", key)
		}
	}
}

func TestEventKnowsItsRequest(t *testing.T) {
	var got event.Event
	s := newStream(t, event.Config{Listeners: []event.Listener{listen(func(e event.Event) { got = e })}})
	h := http.StripPrefix("/büro/pme", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(event.Context(r))
		defer cancel()
		s.Emit(ctx, event.Event{Kind: event.TokenReused})
	}))
	r := httptest.NewRequest(http.MethodGet, "/b%C3%BCro/pme/token?modelId=SxQL3iGyoDo&secret=1", nil)
	r.Header.Set("X-Request-Id", "r\n1\x1b[31m")
	h.ServeHTTP(httptest.NewRecorder(), r)
	closeStream(t, s)
	if want := (event.Request{ID: "r1[31m", Client: "192.0.2.1", Method: http.MethodGet, Path: "/b%C3%BCro/pme/token"}); got.Request != want {
		t.Errorf("%+v, want %+v", got.Request, want)
	}
}

func TestRequestOutlivesItsContext(t *testing.T) {
	s := newStream(t, event.Config{Client: func(*http.Request) string { return strings.Repeat("c", 1000) }})
	r := httptest.NewRequest(http.MethodPost, "/revoke", nil)
	from := s.Request(event.Context(r))
	r.Method, r.RequestURI, r.URL.Path = "CHANGED", "", ""
	got := s.Request(event.WithRequest(context.Background(), from))
	if got.Method != http.MethodPost || got.Path != "/revoke" || len(got.Client) != 200 {
		t.Errorf("%+v", got)
	}
	if got := s.Request(context.Background()); got != (event.Request{}) {
		t.Errorf("%+v without a request", got)
	}
}

func TestClientIsKnownIfTheConfigSaysWhoItIs(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	said := newStream(t, event.Config{Client: func(*http.Request) string { return "198.51.100.7" }})
	for s, want := range map[*event.Stream]bool{said: true, newStream(t, event.Config{}): false, event.OrLog(nil, nil): false} {
		address, known := s.Client(event.Context(r))
		if known != want || known && address != "198.51.100.7" || !known && address != "192.0.2.1" {
			t.Errorf("%q, %t, want %t", address, known, want)
		}
	}
}

func TestContextIsThatOfTheRequest(t *testing.T) {
	type key struct{}
	parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	ctx := event.Context(httptest.NewRequestWithContext(parent, http.MethodGet, "/", nil))
	if ctx.Value(key{}) != "value" || ctx.Err() != nil {
		t.Errorf("%v, %v", ctx.Value(key{}), ctx.Err())
	}
	if at, ok := ctx.Deadline(); !ok || time.Until(at) > time.Hour {
		t.Errorf("%v, %v", at, ok)
	}
	cancel()
	<-ctx.Done()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Error(ctx.Err())
	}
}

func TestSlowListenerDelaysNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		hung := make(chan struct{})
		fast := new(kept)
		s := newStream(t, event.Config{
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})), Queue: 10,
			Listeners: []event.Listener{listen(func(event.Event) { <-hung }), fast},
		})
		began := time.Now()
		for range 100 {
			s.Emit(t.Context(), event.Event{Kind: event.TokenReused, Level: slog.LevelDebug})
			synctest.Wait()
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("100 events took %v", waited)
		}
		if n := len(fast.all()); n != 100 {
			t.Errorf("the other listener got %d of 100", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed with %v while a listener hangs", err)
		}
		close(hung)
		closeStream(t, s)
		if got := log.String(); !strings.Contains(got, "events dropped") || !strings.Contains(got, "events=89") {
			t.Errorf("log %q, want 89 dropped events", got)
		}
	})
}

func TestPanicOfAListenerEndsNothing(t *testing.T) {
	var log logtest.Buffer
	after := new(kept)
	s := newStream(t, event.Config{
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Listeners: []event.Listener{listen(func(e event.Event) {
			if e.User == "bad" {
				panic("secret")
			}
			after.Listen(e)
		})},
	})
	s.Emit(t.Context(), event.Event{Kind: event.SignedIn, User: "bad"})
	s.Emit(t.Context(), event.Event{Kind: event.SignedIn, User: "alice"})
	closeStream(t, s)
	if got := after.all(); len(got) != 1 || got[0].User != "alice" {
		t.Errorf("%+v", got)
	}
	if got := log.String(); !strings.Contains(got, "event listener panicked") || strings.Contains(got, "secret") {
		t.Errorf("log %q", got)
	}
}

// A log handler of the application can panic in the goroutine of a listener, where net/http does not recover it.
type brokenLog struct{ slog.Handler }

func (brokenLog) Enabled(context.Context, slog.Level) bool { return true }

func (brokenLog) Handle(context.Context, slog.Record) error { panic("the log is broken") }

func TestPanicOfTheLogEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after := new(kept)
		s := newStream(t, event.Config{
			Logger: slog.New(brokenLog{}),
			Queue:  1,
			Listeners: []event.Listener{listen(func(e event.Event) {
				time.Sleep(time.Second) // the next one waits, and one more is dropped
				after.Listen(e)
				panic("secret")
			})},
		})
		for range 3 {
			s.Emit(t.Context(), event.Event{Kind: event.SignedOut, User: "alice"})
			synctest.Wait()
		}
		closeStream(t, s)
		if got := after.all(); len(got) != 2 {
			t.Errorf("%d events reached the listener, want 2", len(got))
		}
	})
}

func TestPanicOfWhatTellsTheClientLosesNoEvent(t *testing.T) {
	var log logtest.Buffer
	listener := new(kept)
	s := newStream(t, event.Config{
		Logger:    slog.New(slog.NewTextHandler(&log, nil)),
		Listeners: []event.Listener{listener},
		Client:    func(*http.Request) string { panic("secret" + "value") },
		RequestID: func(*http.Request) string { return "R1" },
	})
	s.Emit(event.Context(httptest.NewRequest(http.MethodGet, "/", nil)), event.Event{Kind: event.SignedOut})
	closeStream(t, s)
	if got := listener.all(); len(got) != 1 || got[0].Request.ID != "R1" || got[0].Request.Client != "" {
		t.Errorf("%+v", got)
	}
	if got := log.String(); !strings.Contains(got, "field=Client") || strings.Contains(got, "secretvalue") {
		t.Errorf("log %q", got)
	}
}

func TestRecorderCanPreventAGrant(t *testing.T) {
	recorder := &kept{err: errors.New("disk full")}
	listener := new(kept)
	s := newStream(t, event.Config{Recorder: recorder, Listeners: []event.Listener{listener}})
	grant := event.Event{Kind: event.TokenGranted, User: "alice"}
	if _, err := s.Record(t.Context(), grant); err == nil {
		t.Error("a grant that cannot be recorded is allowed")
	}
	recorder.err = nil
	recorded, err := s.Record(t.Context(), grant)
	if err != nil {
		t.Fatal(err)
	}
	s.Emit(t.Context(), recorded)
	closeStream(t, s)
	if r, l := recorder.all(), listener.all(); len(r) != 2 || len(l) != 1 || r[1].ID != l[0].ID || r[1].ID == "" {
		t.Errorf("recorded %+v, emitted %+v", r, l)
	}
}

type panicking struct{}

func (panicking) Record(context.Context, event.Event) error { panic("secret") }

func TestPanicOfTheRecorderPreventsTheGrant(t *testing.T) {
	var log logtest.Buffer
	s := newStream(t, event.Config{Recorder: panicking{}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if _, err := s.Record(t.Context(), event.Event{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	if got := log.String(); !strings.Contains(got, "field=Recorder") || !strings.Contains(got, "event_test.go") {
		t.Errorf("log %q, want the stack", got)
	}
}

func TestClosedStreamStillLogs(t *testing.T) {
	var log bytes.Buffer
	listener := new(kept)
	s := newStream(t, event.Config{Logger: slog.New(slog.NewTextHandler(&log, nil)), Listeners: []event.Listener{listener}})
	closeStream(t, s)
	closeStream(t, s)
	s.Emit(t.Context(), event.Event{Kind: event.SignedOut, User: "alice"})
	if len(listener.all()) != 0 || !strings.Contains(log.String(), "signed out") {
		t.Errorf("%+v, log %q", listener.all(), log.String())
	}
}

func TestConfigReportsEverythingThatIsWrong(t *testing.T) {
	_, err := event.New(event.Config{Queue: -1, Listeners: []event.Listener{nil}})
	if err == nil || !strings.Contains(err.Error(), "Queue") || !strings.Contains(err.Error(), "Listeners[0]") {
		t.Error(err)
	}
}

func TestStreamThatReachesNoOneWantsNothing(t *testing.T) {
	quiet := slog.New(slog.NewTextHandler(new(bytes.Buffer), &slog.HandlerOptions{Level: slog.LevelInfo}))
	s := event.OrLog(nil, quiet)
	if s.Wants(t.Context(), slog.LevelDebug) || !s.Wants(t.Context(), slog.LevelInfo) {
		t.Error("wants what the log does not, or not what it does")
	}
	if n := testing.AllocsPerRun(100, func() { s.Wants(t.Context(), slog.LevelDebug) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if got := event.OrLog(s, nil); got != s {
		t.Error("a stream that is there was replaced")
	}
}

func BenchmarkWants(b *testing.B) {
	s := event.OrLog(nil, slog.New(slog.NewTextHandler(new(bytes.Buffer), nil)))
	ctx := event.Context(httptest.NewRequest(http.MethodGet, "/", nil))
	b.ReportAllocs()
	for b.Loop() {
		if s.Wants(ctx, slog.LevelDebug) {
			b.Fatal("wanted")
		}
	}
}
