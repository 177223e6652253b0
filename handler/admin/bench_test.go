package admin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
)

const crowd = 100_000

// BenchmarkFirstPage measures the first page of the list with 100,000 live tokens, when nothing is listed yet.
func BenchmarkFirstPage(b *testing.B) {
	s := newCrowd(b)
	_ = s.pme.Catalog().Name(office)
	for name, target := range map[string]string{"all": "/", "search": "/?person=user-0999", "space": "/?space=head"} {
		for what, header := range map[string]map[string]string{"page": browser, "JSON": nil} {
			b.Run(name+", "+what, func(b *testing.B) {
				var worst time.Duration
				for b.Loop() {
					b.StopTimer()
					s.fresh(b)
					b.StartTimer()
					began := time.Now()
					if w := s.visit(b, visit{target: target, header: header}); w.Code != http.StatusOK {
						b.Fatal(w.Code)
					}
					worst = max(worst, time.Since(began))
				}
				b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
			})
		}
	}
}

// BenchmarkTokenMeanwhile measures requests for cached tokens, with and without an administrator who loads the list anew
// all the time.
func BenchmarkTokenMeanwhile(b *testing.B) {
	s := newCrowd(b)
	token := handler.Token(s.pme.Issuer())
	mux := http.NewServeMux()
	mux.Handle("/token", token)
	for _, looks := range []bool{false, true} {
		b.Run(fmt.Sprintf("looking=%v", looks), func(b *testing.B) {
			done, ended := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(ended)
				for looks {
					select {
					case <-done:
						return
					default:
						s.visit(b, visit{target: "/", header: browser})
						time.Sleep(10 * time.Millisecond)
					}
				}
			}()
			var took []time.Duration
			n := 0
			for b.Loop() {
				n++
				u := &identity.User{ID: fmt.Sprintf("user-%06d", n*7919%crowd), Groups: []string{"staff"}}
				r := httptest.NewRequest(http.MethodGet, "/token?modelId="+office, nil)
				r = r.WithContext(identity.NewContext(r.Context(), u))
				w := httptest.NewRecorder()
				began := time.Now()
				mux.ServeHTTP(w, r)
				took = append(took, time.Since(began))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
			close(done)
			<-ended
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-µs")
			b.ReportMetric(float64(took[len(took)*999/1000].Nanoseconds())/1000, "p99.9-µs")
		})
	}
}

// newCrowd is a site with 100,000 live tokens.
func newCrowd(b *testing.B) *site {
	b.Helper()
	s := newSite(b, nil)
	for i := range crowd - 1 {
		s.hold(b, identity.User{ID: fmt.Sprintf("user-%06d", i*7919%crowd), Name: "Someone", Groups: []string{"staff"}}, office)
	}
	runtime.GC()
	return s
}

// fresh makes the list anew at the next visit.
func (s *site) fresh(b *testing.B) {
	b.Helper()
	a, err := admin.New(s.cfg)
	if err != nil {
		b.Fatal(err)
	}
	_ = s.Close()
	s.Admin = a
	b.Cleanup(func() { _ = a.Close() })
}
