package pme_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/audit"
)

// A faulty sink fails or hangs when it is told to.
type faulty struct {
	audit.Sink
	mu    sync.Mutex
	err   error
	hangs bool
}

func (f *faulty) Append(ctx context.Context, records []audit.Record) error {
	f.mu.Lock()
	err, hangs := f.err, f.hangs
	f.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	return f.Sink.Append(ctx, records)
}

func (f *faulty) set(err error, hangs bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err, f.hangs = err, hangs
}

// TestSinkOutageHasTheDocumentedEffectOnly plays an outage of the audit trail, of each kind and in each mode.
func TestSinkOutageHasTheDocumentedEffectOnly(t *testing.T) {
	for name, test := range map[string]struct {
		mode   audit.Mode
		err    error
		hangs  bool
		status int           // of a new grant
		takes  time.Duration // for a new grant
	}{
		"required, disk full":    {audit.Required, syscall.ENOSPC, false, http.StatusServiceUnavailable, 0},
		"required, hung":         {audit.Required, nil, true, http.StatusServiceUnavailable, 2 * time.Second},
		"best effort, disk full": {audit.BestEffort, syscall.ENOSPC, false, http.StatusOK, 0},
		"best effort, hung":      {audit.BestEffort, nil, true, http.StatusOK, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sink *faulty
				p := openPortal(t, firstRules, func(c *audit.Config) {
					sink = &faulty{Sink: c.Sinks[0]}
					c.Mode, c.Sinks = test.mode, []audit.Sink{sink}
				})
				if code := p.ask(t, "alice", office); code != http.StatusOK {
					t.Errorf("before: %d", code)
				}
				sink.set(test.err, test.hangs)
				began := time.Now()
				if code := p.askSession(t, "alice", "laptop"); code != test.status || time.Since(began).Truncate(time.Second) != test.takes {
					t.Errorf("a new grant: %d after %v, want %d after %v", code, time.Since(began), test.status, test.takes)
				}
				p.tour(t, "alice", office, 45) // it was granted before
				if code := p.ask(t, "bob", office); code != http.StatusForbidden {
					t.Errorf("what is not allowed: %d", code)
				}
				if body := p.ready(t); !strings.Contains(body, `"audit":"degraded: an audit sink fails"`) {
					t.Errorf("readyz: %s", body)
				}
				if n := len(p.matterport.LiveTokens()); n > 4 {
					t.Errorf("%d tokens live at Matterport: those of refused grants were not deleted", n)
				}
				sink.set(nil, false)
				time.Sleep(20 * time.Second)
				if code := p.askSession(t, "alice", "phone"); code != http.StatusOK {
					t.Errorf("afterwards: %d", code)
				}
				if body := p.ready(t); !strings.Contains(body, `"audit":"ok"`) {
					t.Errorf("readyz: %s", body)
				}
				p.close()
				v, err := audit.Verify(t.Context(), sink.Sink.(audit.Reader), nil)
				if err != nil || !v.OK() {
					t.Errorf("%+v, %v", v, err)
				}
			})
		})
	}
}

func (p *portal) askSession(t *testing.T, user, session string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+office, nil)
	r.Header.Set("Person", user)
	r.Header.Set("Device", session)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Code
}

func (p *portal) ready(t *testing.T) string {
	t.Helper()
	time.Sleep(2 * time.Second) // a report can be a second old
	w := httptest.NewRecorder()
	p.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return w.Body.String()
}
