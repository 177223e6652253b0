package whoami_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/whoami"
)

const address = "http://127.0.0.1:3000/whoami"

var (
	request             = gatetest.Request
	navigation          = gatetest.Navigation
	visit               = gatetest.Visit
	wantSignedIn        = gatetest.WantSignedIn
	wantUnauthenticated = gatetest.WantUnauthenticated
	wantRejected        = gatetest.WantRejected
)

type nothing = gatetest.Nothing

// An answer is what a host says. The zero value is 200 without a body.
type answer struct {
	status      int
	contentType string // default: application/json
	cache       string
	body        string
	delay       time.Duration
	err         error
	location    string
}

// host is a host application without a network: the transport of a client for it.
type host struct {
	mu        sync.Mutex
	questions []*http.Request
	says      func(*http.Request) answer
}

// saying is a host whose sessions are the users' names: the cookie sid=alice is alice's. The session
// named "nobody" has no user.
func saying() *host {
	return &host{says: func(r *http.Request) answer {
		c, err := r.Cookie("sid")
		if err != nil || c.Value == "nobody" {
			return answer{status: http.StatusUnauthorized}
		}
		return answer{body: `{"id":"` + c.Value + `"}`}
	}}
}

// always is a host with one answer.
func always(a answer) *host { return &host{says: func(*http.Request) answer { return a }} }

func (h *host) set(says func(*http.Request) answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.says = says
}

func (h *host) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.questions)
}

func (h *host) last() *http.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.questions[len(h.questions)-1]
}

func (h *host) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.questions = append(h.questions, r)
	says := h.says
	h.mu.Unlock()
	a := says(r)
	select {
	case <-time.After(a.delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if a.err != nil {
		return nil, a.err
	}
	header := make(http.Header)
	header.Set("Content-Type", a.contentType)
	if a.contentType == "" {
		header.Set("Content-Type", "application/json")
	}
	if a.cache != "" {
		header.Set("Cache-Control", a.cache)
	}
	if a.location != "" {
		header.Set("Location", a.location)
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// gate makes a gate that asks the host for the cookie sid; change may alter what it is made from.
func (h *host) gate(tb testing.TB, change ...func(*whoami.Config)) *middleware.Gate {
	tb.Helper()
	cfg := whoami.Config{URL: address, Cookies: []string{"sid"}, HTTPClient: &http.Client{Transport: h}}
	for _, f := range change {
		f(&cfg)
	}
	g, err := whoami.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = g.Close() })
	return g
}

// logged has the gate write its log to a buffer.
func logged(b *logtest.Buffer) func(*whoami.Config) {
	return func(c *whoami.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

func quiet(c *whoami.Config) { c.Logger = slog.New(slog.DiscardHandler) }

func with(cookie string) *http.Request { return request("sid=" + cookie) }

func wantQuestions(tb testing.TB, h *host, want int) {
	tb.Helper()
	if got := h.count(); got != want {
		tb.Errorf("the host was asked %d times, want %d", got, want)
	}
}

// wantDoubt fails unless the request gets 503.
func wantDoubt(tb testing.TB, g gatetest.Gate, r *http.Request) {
	tb.Helper()
	w, user := visit(g, r)
	if user != "" || w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		tb.Errorf("let through %q with status %d and Retry-After %q, want 503 and a time", user, w.Code, w.Header().Get("Retry-After"))
	}
}
