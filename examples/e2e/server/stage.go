package main

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// stage is the site, and what happens to it.
type stage struct {
	people   *people
	emulator *matterporttest.Server
	accounts *accounts
	pme      *pme.Handler
	require  func(http.Handler) http.Handler // lets signed-in users through
	admin    http.Handler                    // nil without administrators
	operated *operation                      // nil without operators
	origin   string                          // of the emulator
	ahead    *atomic.Int64
	now      func() time.Time // Matterport's
	advances atomic.Int64
	beats    beats
	closing  []func() error // in the order in which they were made

	mu     sync.Mutex
	counts map[string]int // requests by endpoint
	fail   string         // what happens to requests for a token: a status, "hang" or ""
	times  int            // how often; negative: until told otherwise
}

var loginPage = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Sign in</title><link rel="icon" href="data:,"></head>
<body><main><h1>Sign in</h1><form method="post" action="/login"><input type="hidden" name="next" value="{{.}}">
<p><label>Name <input name="user" value="alice"></label></p><p><button>Sign in</button></p></form></main></body></html>`))

const blankPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">
<style>html, body { height: 100%; margin: 0 } pme-space { height: 50% }</style></head><body></body></html>`

func (s *stage) routes() http.Handler {
	s.counts = make(map[string]int)
	mux := http.NewServeMux()
	mux.Handle("/pme/", s.watched(http.StripPrefix("/pme", s.pme)))
	if s.admin != nil {
		mux.Handle("/pme-admin/", http.StripPrefix("/pme-admin", s.admin))
	}
	mux.Handle("/livez", s.pme.Health())
	mux.Handle("/readyz", s.pme.Health())
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { _ = loginPage.Execute(w, r.FormValue("next")) })
	mux.HandleFunc("POST /login", s.people.login)
	mux.HandleFunc("GET /blank", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(blankPage))
	})
	mux.HandleFunc("GET /floor", s.floor)
	mux.Handle("GET /element", s.require(http.HandlerFunc(s.element)))
	mux.HandleFunc("POST /test/advance", s.advance)
	mux.HandleFunc("POST /test/fail", s.arrange)
	mux.HandleFunc("POST /test/sign-out", func(_ http.ResponseWriter, r *http.Request) {
		s.people.signOut(r.FormValue("user"))
		_, _ = s.pme.RevokeUser(r.Context(), r.FormValue("user"))
	})
	mux.HandleFunc("POST /test/forget", func(http.ResponseWriter, *http.Request) { s.people.forget() })
	mux.HandleFunc("POST /test/outage", func(http.ResponseWriter, *http.Request) {
		s.emulator.Fail("*", matterporttest.DropConnection(), -1)
	})
	mux.HandleFunc("POST /test/end-session", func(_ http.ResponseWriter, r *http.Request) { s.people.signOut(r.FormValue("user")) })
	mux.HandleFunc("POST /test/withdraw", func(_ http.ResponseWriter, r *http.Request) {
		s.people.withdraw(r.FormValue("user"))
		_ = s.pme.Issuer().Recheck(r.Context())
	})
	mux.HandleFunc("POST /test/end", func(_ http.ResponseWriter, r *http.Request) {
		s.people.end(s.now().Add(milliseconds(r, "ms")))
		_ = s.pme.Issuer().Recheck(r.Context())
	})
	mux.HandleFunc("POST /test/restore", func(_ http.ResponseWriter, r *http.Request) {
		s.people.restore(r.FormValue("user"))
		_ = s.pme.Issuer().Recheck(r.Context())
	})
	mux.HandleFunc("POST /test/revoke-tokens", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = s.pme.RevokeUser(r.Context(), r.FormValue("user"))
	})
	mux.HandleFunc("GET /test/fingerprint", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(matterporttest.Fingerprint(r.FormValue("token")))) //nolint:gosec // eight hexadecimal digits
	})
	mux.HandleFunc("GET /test/counts", s.report)
	mux.HandleFunc("POST /test/revoke", func(_ http.ResponseWriter, r *http.Request) { s.emulator.RevokeGrants(r.FormValue("account")) })
	mux.HandleFunc("POST /test/disconnect", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = s.accounts.DeleteUser(r.Context(), r.FormValue("user"))
	})
	mux.HandleFunc("POST /test/disable", func(http.ResponseWriter, *http.Request) { s.emulator.DisableApp(true) })
	if s.operated != nil {
		s.revocations(mux, s.operated)
	}
	mux.HandleFunc("GET /test/secrets", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(s.accounts.store.seen()) })
	return mux
}

// advance moves Matterport's clock. The site learns the time from Matterport's answers, so this makes it ask for
// one: a token for two models, which no test counts, of a user who has none yet. Streams get a beat, as time has passed.
func (s *stage) advance(w http.ResponseWriter, r *http.Request) {
	s.ahead.Add(int64(milliseconds(r, "ms")))
	u := &identity.User{ID: watchmaker + strconv.FormatInt(s.advances.Add(1), 10)}
	if _, err := s.pme.Issuer().Issue(r.Context(), u, s.people.models[:2]...); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	if s.people.ending() { // the issuer sees within a minute that its clock has jumped
		_ = s.pme.Issuer().Recheck(r.Context())
	}
	s.beats.beat()
}

func milliseconds(r *http.Request, name string) time.Duration {
	n, _ := strconv.Atoi(r.FormValue(name))
	return time.Duration(n) * time.Millisecond
}

func (s *stage) arrange(_ http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = r.FormValue("with")
	s.times, _ = strconv.Atoi(r.FormValue("times"))
}

func (s *stage) report(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{
		"refreshes": s.emulator.Calls("refresh_token"), "overlaps": s.emulator.OverlappingRefreshes(),
		"mints": s.emulator.Calls("createPrivateModelEmbedLink"),
	}
	for name, n := range s.counts {
		out[name] = n
	}
	_ = json.NewEncoder(w).Encode(out)
}

// watched counts the requests to pme, and lets those for a token fail where that has been arranged.
func (s *stage) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/pme/")
		fail := ""
		s.mu.Lock()
		s.counts[name]++
		if (name == "token" || name == "link") && s.times != 0 {
			fail = s.fail
			s.times--
		}
		s.mu.Unlock()
		switch {
		case strings.HasSuffix(name, "watch"):
			s.beats.serve(next, w, r)
			return
		case fail == "":
			next.ServeHTTP(w, r)
			return
		}
		switch fail {
		case "hang":
			<-r.Context().Done()
		default:
			status, after, _ := strings.Cut(fail, " ")
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			code, _ := strconv.Atoi(status)
			http.Error(w, "arranged by the test", code)
		}
	})
}
