package handler_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

const office = "SxQL3iGyoDo"

// sink takes an answer and forgets it, so that a benchmark measures what makes it.
type sink struct {
	header http.Header
	bytes  int
	status int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(b []byte) (int, error) {
	s.bytes += len(b)
	return len(b), nil
}

// floor is the least that answers with such a token: the same constant JSON under the same headers.
var floor = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(constant)
})

var constant = []byte(`{"access_token":"0123456789abcdef0123456789abcdef01234567","token_type":"Bearer","expires_in":598}` + "\n")

// library is pme as an application has it: gorilla login, policy, logging at the usual level. The
// request is one for a stored token, by a user with this many groups. The policy has 1,000 rules, and names all the groups.
func library(tb testing.TB, groups int) (*pme.Handler, *http.Request) {
	tb.Helper()
	list, member := rules(groups)
	up := matterporttest.NewServer(tb, matterporttest.Config{ClientID: "id", ClientSecret: "secret"})
	store := sessions.NewCookieStore([]byte("0123456789abcdef0123456789abcdef"), []byte("fedcba9876543210fedcba9876543210"))
	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: store,
		Name:  "intranet",
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			return identity.User{ID: id, Groups: member}, nil
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	h, err := pme.New(pme.Config{
		ClientID: "id", ClientSecret: "secret", APIURL: up.URL,
		Authenticate: gate,
		Access:       list,
		Logger:       slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // enabled, as in production
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = h.Close() })
	w := httptest.NewRecorder()
	s, _ := store.New(httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "/", nil), "intranet")
	s.Values["user"] = "alice"
	if err := store.Save(nil, w, s); err != nil {
		tb.Fatal(err)
	}
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/pme/token?modelId="+office, nil)
	r.AddCookie(w.Result().Cookies()[0])
	return h, r
}

// rules returns 1,000 rules, and the user's groups, of which only the last may see the office.
func rules(groups int) (list access.List, member []string) {
	for i := range 1000 {
		r := access.Rule{Groups: []string{fmt.Sprintf("department-%03d", i)}, Models: []string{fmt.Sprintf("Model%06d", i)}}
		if i == groups-1 {
			r.Models = []string{office}
		}
		if i < groups {
			member = append(member, r.Groups...)
		}
		list = append(list, r)
	}
	return list, member
}

// BenchmarkGroups compares requests for a stored token by users with few and with many groups.
func BenchmarkGroups(b *testing.B) {
	few, r5 := library(b, 5)
	many, r50 := library(b, 50)
	most, r200 := library(b, 200)
	at5, at50, at200 := mounted(few), mounted(many), mounted(most)
	var of5, of50, of200 []float64
	for b.Loop() {
		of5 = append(of5, perRequest(b, at5, r5))
		of50 = append(of50, perRequest(b, at50, r50))
		of200 = append(of200, perRequest(b, at200, r200))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(of50)/median(of5), "50/5")
	b.ReportMetric(median(of200)/median(of5), "200/5")
}

func mounted(h *pme.Handler) http.Handler {
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	return mux
}

// BenchmarkCachedToken measures a request for a token that is at hand: the floor alone, the whole
// application mounted in both ways, and each of them as a multiple of the floor, run in turn with it.
func BenchmarkCachedToken(b *testing.B) {
	h, r := library(b, 1)
	mounted, stripped := http.NewServeMux(), http.NewServeMux()
	h.Mount(mounted, "/pme")
	stripped.Handle("/pme/", http.StripPrefix("/pme", h))

	b.Run("floor", func(b *testing.B) { loop(b, floor, r) })
	b.Run("Mount", func(b *testing.B) { loop(b, mounted, r) })
	b.Run("StripPrefix", func(b *testing.B) { loop(b, stripped, r) })
	b.Run("ratio", func(b *testing.B) {
		var least, mount, strip []float64
		for b.Loop() {
			least = append(least, perRequest(b, floor, r))
			mount = append(mount, perRequest(b, mounted, r))
			strip = append(strip, perRequest(b, stripped, r))
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(median(mount)/median(least), "Mount/floor")
		b.ReportMetric(median(strip)/median(least), "StripPrefix/floor")
	})
}

func loop(b *testing.B, h http.Handler, r *http.Request) {
	s := serve(b, h, r)
	b.ReportAllocs()
	for b.Loop() {
		clear(s.header)
		h.ServeHTTP(s, r)
	}
}

func perRequest(b *testing.B, h http.Handler, r *http.Request) float64 {
	const n = 1000
	s := serve(b, h, r)
	start := time.Now()
	for range n {
		clear(s.header)
		h.ServeHTTP(s, r)
	}
	return float64(time.Since(start)) / n
}

func serve(tb testing.TB, h http.Handler, r *http.Request) *sink {
	tb.Helper()
	s := &sink{header: make(http.Header, 8), status: http.StatusOK}
	h.ServeHTTP(s, r)
	if s.status != http.StatusOK {
		tb.Fatalf("status %d", s.status)
	}
	return s
}

func median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// TestCachedTokenCostsFewAllocations counts all that happens between the mux and the answer.
func TestCachedTokenCostsFewAllocations(t *testing.T) {
	h, r := library(t, 1)
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	s := serve(t, mux, r)
	if n := testing.AllocsPerRun(200, func() { clear(s.header); mux.ServeHTTP(s, r) }); n > 4 {
		t.Errorf("%v allocations, want at most 4", n)
	}
}
