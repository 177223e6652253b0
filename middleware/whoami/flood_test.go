package whoami_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/whoami"
)

// Forged cookies leave nothing behind but 8,192 short-lived answers, and displace no user.
func TestFloodOfForgedCookiesIsBounded(t *testing.T) {
	h := saying()
	h.set(func(r *http.Request) answer {
		if strings.HasPrefix(r.Header.Get("Cookie"), "sid=forged") {
			return answer{status: http.StatusUnauthorized}
		}
		return answer{body: `{"id":"alice"}`}
	})
	g := h.gate(t, quiet, func(c *whoami.Config) { c.Remember = 5 * time.Minute })
	next := g.Require(nothing{})
	wantSignedIn(t, g, with("alice"), "alice")
	before := suite.Heap()
	flood := suite.Rounds(10_000, 200_000)
	for n := range flood {
		next.ServeHTTP(httptest.NewRecorder(), with(fmt.Sprint("forged", n, strings.Repeat("x", 2000))))
		h.forget()
	}
	grown := suite.Grown(before)
	t.Logf("%d forged cookies of 2 KB: %.2f MB", flood, grown)
	if grown*1e6 > 8192*600 {
		t.Errorf("forged cookies fill the memory: %.1f MB", grown)
	}
	h.set(func(*http.Request) answer { return answer{status: 500} })
	wantSignedIn(t, g, with("alice"), "alice") // is still remembered
	runtime.KeepAlive(next)
}

func TestFloodOfSessionsIsBounded(t *testing.T) {
	h := saying()
	groups := strings.Repeat(`"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",`, 11) + `"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"`
	n := 0
	h.set(func(*http.Request) answer {
		return answer{body: fmt.Sprintf(`{"id":"user%d","groups":[%s]}`, n, groups)}
	})
	g := h.gate(t, quiet)
	next := g.Require(nothing{})
	before := suite.Heap()
	flood := suite.Rounds(10_000, 100_000)
	for n = range flood {
		next.ServeHTTP(nothing{}, with(fmt.Sprint("session", n)))
		h.forget()
	}
	grown := suite.Grown(before)
	t.Logf("%d sessions: %.1f MB, %.0f B for each of 8,192", flood, grown, grown*1e6/8192)
	if grown*1e6 > 8192*2500 {
		t.Errorf("sessions fill the memory: %.1f MB", grown)
	}
	runtime.KeepAlive(next)
}

// forget drops the questions, which are not what is measured.
func (h *host) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.questions = nil
}
