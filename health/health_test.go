package health_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/go-pme/pme/health"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// report is what readyz answers.
type report struct {
	Status string            `json:"status"`
	Parts  map[string]string `json:"parts"`
}

func probe(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

// ready is the report of a handler that has to be ready.
func ready(t *testing.T, h http.Handler) report {
	t.Helper()
	w := probe(h, http.MethodGet, "/readyz")
	var got report
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("readyz: %d %s, %v", w.Code, w.Body, err)
	}
	return got
}

func fails(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestProbesAnswerByTheLastElementOfThePath(t *testing.T) {
	h := health.NewHandler(t.Context())
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/livez":          {200, `{"status":"ok"}`},
		"/readyz":         {200, `{"status":"ok","parts":{}}`},
		"/healthz/livez":  {200, `{"status":"ok"}`},
		"/a/b/readyz":     {200, `{"status":"ok","parts":{}}`},
		"/":               {404, `"error":"invalid_request"`},
		"/healthz":        {404, `"error":"invalid_request"`},
		"/readyz/verbose": {404, `"error":"invalid_request"`},
		"/READYZ":         {404, `"error":"invalid_request"`},
	} {
		w := probe(h, http.MethodGet, path)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.body) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		wantHeaders(t, path, w)
	}
}

func wantHeaders(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
}

func TestOnlyGetAndHeadAreAnswered(t *testing.T) {
	server := httptest.NewServer(health.NewHandler(t.Context()))
	defer server.Close()
	for _, path := range []string{"/livez", "/readyz"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK || len(body) != 0 {
			t.Errorf("HEAD %s: %d %q", path, res.StatusCode, body)
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, "PROBE"} {
			w := probe(health.NewHandler(t.Context()), method, path)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
			wantHeaders(t, method, w)
		}
	}
}

func TestReadyUntilTheContextEnds(t *testing.T) {
	for _, tc := range []struct {
		cause error
		want  string
	}{
		{nil, "closing"},
		{errors.New("dial tcp 10.0.0.7:5432: refused"), "closing"},
		{health.Degraded("misconfigured"), "misconfigured"},
		{health.Degraded("http://10.0.0.7/"), "the check fails"},
	} {
		ctx, end := context.WithCancelCause(t.Context())
		h := health.NewHandler(ctx, health.Part{Name: "database", Check: fails(errors.New("down"))})
		ready(t, h)
		end(tc.cause)
		w := probe(h, http.MethodGet, "/readyz")
		if want := fmt.Sprintf("{\"status\":%q}\n", tc.want); w.Code != http.StatusServiceUnavailable || w.Body.String() != want {
			t.Errorf("%v: readyz: %d %s", tc.cause, w.Code, w.Body)
		}
		wantHeaders(t, tc.want, w)
		if w := probe(h, http.MethodGet, "/livez"); w.Code != http.StatusOK {
			t.Errorf("%v: livez: %d", tc.cause, w.Code)
		}
	}
}

// What a check fails with may hold anything. Its words may not.
func TestNoTextOfAnErrorIsShown(t *testing.T) {
	const secret = "postgres://app:hunter2@10.0.0.7:5432/spaces"
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"error":   {errors.New(secret), "degraded: the check fails"},
		"wrapped": {fmt.Errorf(secret+": %w", health.Degraded("no connection, see the log")), "degraded: no connection, see the log"},
		"joined":  {errors.Join(errors.New(secret), health.Degraded("no connection")), "degraded: no connection"},
		"url":     {health.Degraded(secret), "degraded: the check fails"},
		"address": {health.Degraded("10.0.0.7 is down"), "degraded: the check fails"},
		"markup":  {health.Degraded("<b>down</b>"), "degraded: the check fails"},
		"json":    {health.Degraded(`down","x":"`), "degraded: the check fails"},
		"empty":   {health.Degraded(""), "degraded: the check fails"},
		"long":    {health.Degraded(strings.Repeat("down ", 100)), "degraded: the check fails"},
		"well":    {nil, "ok"},
	} {
		got := ready(t, health.NewHandler(t.Context(), health.Part{Name: "database", Check: fails(tc.err)}))
		if got.Parts["database"] != tc.want {
			t.Errorf("%s: %q, want %q", name, got.Parts["database"], tc.want)
		}
		if degraded := tc.want != "ok"; (got.Status == "degraded") != degraded {
			t.Errorf("%s: status %q", name, got.Status)
		}
	}
}

func TestPartsOfOneNameDoNotHideEachOther(t *testing.T) {
	broken, full := fails(health.Degraded("no connection")), fails(health.Degraded("no space left"))
	h := health.NewHandler(t.Context(),
		health.Part{Name: "one", Check: broken}, health.Part{Name: "one", Check: fails(nil)},
		health.Part{Name: "two", Check: fails(nil)}, health.Part{Name: "two", Check: full},
		health.Part{Name: "both", Check: broken}, health.Part{Name: "both", Check: full}, health.Part{Name: "both", Check: broken},
		health.Part{Name: "well", Check: fails(nil)}, health.Part{Name: "well", Check: fails(nil)},
		health.Part{Name: "missing"}, health.Part{Check: fails(nil)},
	)
	want := report{"degraded", map[string]string{
		"one":     "degraded: no connection",
		"two":     "degraded: no space left",
		"both":    "degraded: no connection; no space left",
		"well":    "ok",
		"missing": "degraded: there is no check",
		"unnamed": "ok",
	}}
	if diff := cmp.Diff(want, ready(t, h)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheckThatCrashesIsDegraded(t *testing.T) {
	h := health.NewHandler(t.Context(),
		health.Part{Name: "panic", Check: func(context.Context) error { panic("secret") }},
		health.Part{Name: "abort", Check: func(context.Context) error { panic(http.ErrAbortHandler) }},
		health.Part{Name: "exit", Check: func(context.Context) error { runtime.Goexit(); return nil }},
		health.Part{Name: "well", Check: fails(nil)},
	)
	want := report{"degraded", map[string]string{
		"panic": "degraded: the check has crashed", "abort": "degraded: the check has crashed",
		"exit": "degraded: the check has crashed", "well": "ok",
	}}
	if diff := cmp.Diff(want, ready(t, h)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// One check hangs whatever happens to its context, and one until its context ends.
func TestCheckThatHangsHoldsTheProbeForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		var calls atomic.Int32
		h := health.NewHandler(t.Context(),
			health.Part{Name: "hangs", Check: func(context.Context) error { calls.Add(1); <-free; return nil }},
			health.Part{Name: "waits", Check: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			health.Part{Name: "well", Check: fails(nil)},
		)
		want := report{"degraded", map[string]string{
			"hangs": "degraded: the check does not answer", "waits": "degraded: the check does not answer", "well": "ok",
		}}
		for range 3 {
			begun := time.Now()
			if diff := cmp.Diff(want, ready(t, h)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if took := time.Since(begun); took > time.Second {
				t.Errorf("it took %v", took)
			}
			time.Sleep(time.Second)
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("%d calls at once, want 1", n)
		}
		close(free)
		synctest.Wait()
		time.Sleep(time.Second)
		if got := ready(t, h).Parts["hangs"]; got != "ok" {
			t.Errorf("after it has returned: %q", got)
		}
	})
}

func TestChecksRunOnceASecondHoweverManyProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls, running atomic.Int32
		h := health.NewHandler(t.Context(), health.Part{Name: "database", Check: func(context.Context) error {
			if running.Add(1) > 1 {
				t.Error("two calls at once")
			}
			defer running.Add(-1)
			calls.Add(1)
			time.Sleep(100 * time.Millisecond)
			return health.Degraded("no connection")
		}})
		for second := range 5 {
			var probes sync.WaitGroup
			for range 100 {
				probes.Go(func() { ready(t, h) })
			}
			probes.Wait()
			if n := calls.Load(); n != int32(second)+1 {
				t.Fatalf("%d calls after %d seconds", n, second)
			}
			time.Sleep(time.Second)
		}
	})
}

// A probe that arrives before the end must not say afterwards that a check fails because of it.
func TestEndDuringAProbeIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		h := health.NewHandler(ctx, health.Part{Name: "waits", Check: func(ctx context.Context) error { <-ctx.Done(); return nil }})
		time.AfterFunc(100*time.Millisecond, end)
		if w := probe(h, http.MethodGet, "/readyz"); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func BenchmarkReadyz(b *testing.B) {
	h := health.NewHandler(b.Context(), health.Part{Name: "database", Check: fails(nil)})
	r := httptest.NewRequest(http.MethodGet, "/readyz", nil)
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
