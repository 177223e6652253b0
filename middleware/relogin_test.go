package middleware_test

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
)

// looping is an application whose login and gate may disagree about sessions.
type looping struct {
	log  *logtest.Buffer
	mux  *http.ServeMux
	gate *middleware.Gate
}

// newLooping makes an application whose login saves the session by login, and whose gate looks for the sessions of
// newHost under sessionName.
func newLooping(t *testing.T, login func(w http.ResponseWriter, r *http.Request)) *looping {
	t.Helper()
	l := &looping{log: new(logtest.Buffer), mux: http.NewServeMux()}
	h := newHost()
	cfg := middleware.SessionConfig{Store: h.store, Name: sessionName, User: h.user}
	cfg.Logger = slog.New(slog.NewTextHandler(l.log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	l.gate = must(middleware.NewSession(cfg))
	pages := l.gate.Require(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "page") }))
	l.mux.Handle("/pme/", http.StripPrefix("/pme", pages))
	l.mux.HandleFunc("GET /login", func(http.ResponseWriter, *http.Request) {})
	l.mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		login(w, r)
		http.Redirect(w, r, "/pme/", http.StatusSeeOther)
	})
	return l
}

// saving is a login that writes the value into a session of that name and store.
func saving(store sessions.Store, name string, key, value any) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.New(r, name)
		s.Values[key] = value
		if err := s.Save(r, w); err != nil {
			panic(err)
		}
	}
}

// RoundTrip serves a request of a browser without a network.
func (l *looping) RoundTrip(r *http.Request) (*http.Response, error) {
	in := httptest.NewRequest(r.Method, r.URL.String(), nil)
	in.RequestURI = r.URL.RequestURI()
	in.Header, in.TLS = r.Header.Clone(), nil
	in.RemoteAddr = cmp.Or(r.Header.Get("X-Test-Address"), "192.0.2.1:4711")
	w := httptest.NewRecorder()
	l.mux.ServeHTTP(w, in)
	res := w.Result()
	res.Request = r
	return res, nil
}

// person is a browser that follows redirects and sends what browsers do.
type person struct {
	t      *testing.T
	client http.Client
	header http.Header
}

func (l *looping) person(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(mustURL("http://intranet.example/"), []*http.Cookie{{Name: "theme", Value: "dark-secret-value", Path: "/"}})
	return &person{t, http.Client{Transport: l, Jar: jar}, http.Header{
		"Accept": {"text/html"}, "User-Agent": {"Browser/1"},
	}}
}

// visit opens an address by a link, or by what the header says, and returns the last answer's status and path.
func (p *person) do(method, path string) (status int, last string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, "http://intranet.example"+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header = p.header.Clone()
	res, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode, res.Request.URL.Path
}

// signIn opens the page, reads the login page for a while, and sends its form.
func (p *person) signIn(reading time.Duration) {
	p.t.Helper()
	if _, last := p.do(http.MethodGet, "/pme/"); last != "/login" {
		p.t.Fatalf("led to %s", last)
	}
	time.Sleep(reading)
	p.do(http.MethodPost, "/login")
}

func (l *looping) warnings() []string {
	var found []string
	for line := range strings.Lines(l.log.String()) {
		if strings.Contains(line, "level=WARN") {
			found = append(found, line)
		}
	}
	return found
}

// plain is a store for plain http. Cookies of gorilla/sessions are Secure by default.
func plain(store *sessions.CookieStore) *sessions.CookieStore {
	store.Options.Secure = false
	return store
}

func TestLoginThatNeverReachesTheGateIsReportedOnce(t *testing.T) {
	other := sessions.NewCookieStore([]byte("another key of thirty-two bytes."))
	for name, test := range map[string]struct {
		login func(http.ResponseWriter, *http.Request)
		want  []string
	}{
		"other session name": {saving(plain(newHost().store), "portal", "user", "alice"), []string{`the cookie \"intranet\"`, "the cookies theme, portal", "no session"}},
		"other keys":         {saving(plain(other), sessionName, "user", "alice"), []string{`the cookie \"intranet\"`, "the cookies theme, intranet", "cannot be read"}},
		"number as user ID":  {saving(plain(newHost().store), sessionName, "user", 42), []string{`the cookie \"intranet\"`, "the cookies theme, intranet", "names no user"}},
		"other key of Values": {
			saving(plain(newHost().store), sessionName, "user_id", "alice"),
			[]string{`the cookie \"intranet\"`, "the cookies theme, intranet", "names no user"},
		},
		"Secure cookie on plain http": {
			saving(newHost().store, sessionName, "user", "alice"),
			[]string{`the cookie \"intranet\"`, "the cookies theme.", "no session", "Secure on plain http"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLooping(t, test.login)
				p := l.person(t)
				for range 5 {
					p.signIn(40 * time.Second)
				}
				found := l.warnings()
				if len(found) != 1 {
					t.Fatalf("%d warnings, want one:\n%s", len(found), strings.Join(found, ""))
				}
				for _, want := range append(test.want, "reason=login_repeated", "path=/pme/", "client=192.0.2.1") {
					if !strings.Contains(found[0], want) {
						t.Errorf("%q is not in %s", want, found[0])
					}
				}
				for _, c := range p.client.Jar.Cookies(mustURL("http://intranet.example/")) {
					if strings.Contains(found[0], c.Value) {
						t.Errorf("a cookie's value is in %s", found[0])
					}
				}
				if strings.Contains(found[0], "dark-secret-value") {
					t.Errorf("a cookie's value is in %s", found[0])
				}
			})
		})
	}
}

func TestLoginThatWorksIsNotReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooping(t, saving(plain(newHost().store), sessionName, "user", "alice"))
		p := l.person(t)
		p.signIn(40 * time.Second)
		if status, last := p.do(http.MethodGet, "/pme/"); status != http.StatusOK || last != "/pme/" {
			t.Fatalf("%d at %s after signing in", status, last)
		}
		p.client.Jar, _ = cookiejar.New(nil) // signs out
		time.Sleep(time.Minute)
		p.header.Set("Referer", "http://intranet.example/") // and opens the page from the home page
		p.do(http.MethodGet, "/pme/")
		if found := l.warnings(); len(found) != 0 {
			t.Error(found)
		}
	})
}

// People behind one proxy have one address, and often the same browser. They open an address that is announced.
func TestManyPeopleWhoSignInAtOnceAreNotReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooping(t, saving(plain(newHost().store), sessionName, "user", "alice"))
		for range 100 {
			p := l.person(t)
			p.header.Set("Sec-Fetch-Mode", "navigate")
			p.header.Set("Sec-Fetch-Site", "none")
			p.do(http.MethodGet, "/pme/")
			time.Sleep(2 * time.Second)
		}
		if found := l.warnings(); len(found) != 0 {
			t.Error(found)
		}
	})
}

// A login that finds its own session sends the browser back at once, and the gate sends it there again.
func TestLoopOfRedirectsIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooping(t, nil)
		l.mux = http.NewServeMux()
		l.mux.Handle("/pme/", l.gate.Require(http.NotFoundHandler()))
		l.mux.Handle("/login", http.RedirectHandler("/pme/", http.StatusFound))
		p := l.person(t)
		p.header.Set("Sec-Fetch-Site", "none")
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://intranet.example/pme/", nil)
		r.Header = p.header
		if _, err := p.client.Do(r); err == nil || !strings.Contains(err.Error(), "redirects") { //nolint:bodyclose // there is none
			t.Fatal(err)
		}
		if found := l.warnings(); len(found) != 1 {
			t.Errorf("%d warnings, want one: %s", len(found), found)
		}
	})
}

func TestRepeatedLoginsDoNotFloodTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooping(t, saving(plain(newHost().store), "portal", "user", "alice"))
		p := l.person(t)
		p.header.Set("Referer", "http://intranet.example/login")
		for i := range 5_000 {
			p.header.Set("User-Agent", fmt.Sprint("Bot/", i))
			p.header.Set("X-Test-Address", fmt.Sprintf("10.0.%d.%d:1", i/250, i%250))
			p.header.Set("Cookie", strings.Repeat(fmt.Sprintf("%s%d=v; ", strings.Repeat("n", 90), i), 50))
			for range 2 {
				p.client.Jar = nil
				p.do(http.MethodGet, "/pme/")
			}
		}
		found := l.warnings()
		if len(found) == 0 || len(found) > 5 {
			t.Errorf("%d warnings", len(found))
		}
		for _, line := range found {
			if len(line) > 4_000 {
				t.Errorf("%d bytes in a warning", len(line))
			}
		}
		time.Sleep(10 * time.Minute)
		p.header.Set("User-Agent", "Browser/2")
		p.do(http.MethodGet, "/pme/")
		p.do(http.MethodGet, "/pme/")
		if more := len(l.warnings()) - len(found); more != 1 {
			t.Errorf("%d warnings ten minutes later, want one", more)
		}
	})
}

func TestSessionWithoutAUserIsReportedOnce(t *testing.T) {
	l := newLooping(t, nil)
	h := newHost()
	for range 10 {
		r := withCookie(h.encoded(t, sessionName, map[any]any{"user": 42}))
		visit(l.gate, r)
		visit(l.gate, withCookie(h.encoded(t, sessionName, map[any]any{"csrf": "secret-value"})))
	}
	found := l.warnings()
	if len(found) != 1 || !strings.Contains(found[0], "reason=session_without_user") || !strings.Contains(found[0], `the cookie \"intranet\"`) ||
		strings.Contains(found[0], "secret-value") {
		t.Errorf("%q, want one warning", found)
	}
	visit(l.gate, withCookie("forged"))
	visit(l.gate, request(""))
	if again := l.warnings(); len(again) != 1 {
		t.Errorf("%q", again)
	}
}

func TestRedirectToTheLoginSetsNoCookie(t *testing.T) {
	l := newLooping(t, nil)
	w, _ := visit(l.gate, navigation(request("")))
	if w.Code != http.StatusFound || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("%d, %q", w.Code, w.Header())
	}
}

func TestSeveralGatesSayWhatTheyLookFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		proxy := must(middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{UnsafeTrustAnyPeer: true, User: "X-Forwarded-User", LoginURL: "/login", Logger: logger}))
		one := session(newHost().store, newHost().user)
		both := first(one, proxy)
		for range 2 {
			visit(both, navigation(request("other=1")))
		}
		if got := log.String(); strings.Count(got, "WARN") != 1 || !strings.Contains(got, `the cookie \"intranet\" or the header X-Forwarded-User`) ||
			!strings.Contains(got, "the cookies other.") {
			t.Errorf("log %q", got)
		}
	})
}

func TestFunctionWithoutAUserIsNotReported(t *testing.T) {
	var log logtest.Buffer
	g := ask(func(*http.Request) (identity.User, error) { return identity.User{}, nil }, func(c *middleware.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	visit(g, request("a=b"))
	if log.String() != "" {
		t.Error(log.String())
	}
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}
