package oidclogin_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const office = "SxQL3iGyoDo"

// BenchmarkStack measures a whole request for a token that is cached, from mux to answer, behind a login,
// as a multiple of a floor that only writes the same answer, run in turn with it.
func BenchmarkStack(b *testing.B) {
	for _, groups := range []int{5, 50} {
		p := newIDP(b)
		p.claims["groups"] = append(groupNames(groups-1), "facilities")
		s := newSite(b, p)
		person := s.browser(b)
		person.signIn()
		first := person.sessionCookie().Value
		requests := []*http.Request{request("theme=dark; pme-session=" + first)}
		app := mounted(b, s.login)
		b.Run(fmt.Sprint("repeat/groups=", groups), func(b *testing.B) { inTurnWithFloor(b, app, requests) })
		// More cookies in turn than are remembered: each is as good as never seen.
		for _, value := range s.login.Resealed(b, first, 12_000) {
			requests = append(requests, request("theme=dark; pme-session="+value))
		}
		b.Run(fmt.Sprint("unseen/groups=", groups), func(b *testing.B) { inTurnWithFloor(b, app, requests) })
	}
}

// mounted is an application with pme behind that gate.
func mounted(b *testing.B, gate pme.Authenticator) http.Handler {
	b.Helper()
	up := matterporttest.NewServer(b, matterporttest.Config{})
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		Authenticate: gate,
		Access:       access.List{{Groups: []string{"facilities"}, Models: []string{office}}},
		Logger:       slog.New(slog.NewJSONHandler(nothing{}, nil)),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.Close() })
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	return mux
}

func inTurnWithFloor(b *testing.B, app http.Handler, requests []*http.Request) {
	b.Helper()
	for _, r := range requests {
		r.URL.Path, r.URL.RawQuery, r.RequestURI = "/pme/token", "modelId="+office, "/pme/token?modelId="+office
	}
	i := 0
	next := func() *http.Request {
		i = (i + 1) % len(requests)
		return requests[i]
	}
	w := &reused{header: make(http.Header, 8)}
	if app.ServeHTTP(w, next()); w.status != 0 {
		b.Fatalf("status %d", w.status)
	}
	allocations := testing.AllocsPerRun(500, func() { clear(w.header); app.ServeHTTP(w, next()) })
	round := func(h http.Handler) float64 {
		const n = 1000
		start := time.Now()
		for range n {
			clear(w.header)
			h.ServeHTTP(w, next())
		}
		return float64(time.Since(start)) / n
	}
	var ours, least []float64
	for b.Loop() {
		ours, least = append(ours, round(app)), append(least, round(http.HandlerFunc(floor)))
	}
	slices.Sort(ours)
	slices.Sort(least)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours[len(ours)/2], "ns/request")
	b.ReportMetric(ours[len(ours)/2]/least[len(least)/2], "x-floor")
	b.ReportMetric(allocations, "allocs/request")
}

var constant = []byte(`{"access_token":"0123456789abcdef0123456789abcdef01234567","token_type":"Bearer","expires_in":598}` + "\n")

func floor(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(constant)
}

// reused is a response that many requests are answered into. Its status stays zero while all is well.
type reused struct {
	header http.Header
	status int
}

func (w *reused) Header() http.Header         { return w.header }
func (w *reused) WriteHeader(status int)      { w.status = status }
func (w *reused) Write(b []byte) (int, error) { return len(b), nil }
