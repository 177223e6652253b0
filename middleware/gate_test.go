package middleware_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
)

var errDatabase = errors.New("database is down")

func nobody(*http.Request) (identity.User, error) { return identity.User{}, nil }

// doubt returns a person along with its error, which must not count.
func doubt(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, errDatabase }

func TestOnlyPageNavigationsAreRedirectedToLogIn(t *testing.T) {
	for _, tt := range []struct {
		name     string
		method   string
		header   map[string]string
		redirect bool
	}{
		{"page", "GET", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, true},
		{"page, HEAD", "HEAD", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, true},
		{"page in a browser without destinations", "GET", map[string]string{"Sec-Fetch-Mode": "navigate"}, true},
		{"page in a browser without fetch metadata", "GET", map[string]string{"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, true},
		{"capital letters", "GET", map[string]string{"Accept": "Text/HTML"}, true},
		{"form", "POST", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}, false},
		{"frame", "GET", map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Accept": "text/html"}, false},
		{"fetch", "GET", map[string]string{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, false},
		{"fetch that asks for HTML", "GET", map[string]string{"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Dest": "empty", "Accept": "text/html"}, false},
		{"image", "GET", map[string]string{"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Accept": "image/*"}, false},
		{"destination without mode", "GET", map[string]string{"Sec-Fetch-Dest": "document", "Accept": "text/html"}, false},
		{"script's request for HTML", "GET", map[string]string{"Accept": "text/html", "X-Requested-With": "XMLHttpRequest"}, false},
		{"curl", "GET", map[string]string{"Accept": "*/*"}, false},
		{"no headers", "GET", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/pme/view/SxQL3iGyoDo", nil)
			for k, v := range tt.header {
				r.Header.Set(k, v)
			}
			w, user := visit(ask(nobody), r)
			if user != "" {
				t.Fatalf("let through %q", user)
			}
			want, location := http.StatusUnauthorized, ""
			if tt.redirect {
				want, location = http.StatusFound, "/login?next=%2Fpme%2Fview%2FSxQL3iGyoDo"
			}
			if w.Code != want || w.Header().Get("Location") != location {
				t.Errorf("status %d, Location %q; want %d, %q", w.Code, w.Header().Get("Location"), want, location)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q, want no-store", got)
			}
			for _, name := range []string{"Sec-Fetch-Mode", "Sec-Fetch-Dest", "Accept", "X-Requested-With", "Cookie"} {
				if !strings.Contains(w.Header().Get("Vary"), name) {
					t.Errorf("Vary %q does not name %s", w.Header().Get("Vary"), name)
				}
			}
		})
	}
}

func TestUnauthorizedAnswerNamesTheLoginPage(t *testing.T) {
	w, _ := visit(ask(nobody, loginAt("/sign-in?tenant=a")), request())
	want := map[string]string{
		"error": "login_required", "error_description": "Please sign in.", "login_url": "/sign-in?tenant=a",
	}
	if diff := cmp.Diff(want, errorObject(t, w)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options %q, want nosniff", got)
	}
}

func TestRedirectCarriesTheWholeWayBack(t *testing.T) {
	for _, tt := range []struct {
		name, target, want string
		opts               []func(*middleware.Config)
	}{
		{"default", "/pme/view/a?q=x&y=z", "/login?next=%2Fpme%2Fview%2Fa%3Fq%3Dx%26y%3Dz", nil},
		{"login page with a query", "/pme/", "/login?tenant=a&back=%2Fpme%2F", []func(*middleware.Config){
			loginAt("/login?tenant=a"), returnParam("back"),
		}},
		{"login page on another host", "/pme/", "https://sso.example.com/in?next=%2Fpme%2F", []func(*middleware.Config){
			loginAt("https://sso.example.com/in"),
		}},
		{"login page inside a single-page application", "/pme/", "/?next=%2Fpme%2F#/login", []func(*middleware.Config){
			loginAt("/#/login"),
		}},
		{"parameter that needs escaping", "/pme/", "/login?a%26b=%2Fpme%2F", []func(*middleware.Config){returnParam("a&b")}},
		{"request in absolute form", "http://other.example/pme/", "/login?next=%2F", nil},
		{"doubtful path", "/pme/%5cother.example", "/login?next=%2F", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := ask(nobody, tt.opts...)
			w := httptest.NewRecorder()
			mux := http.NewServeMux()
			mux.Handle("/pme/", http.StripPrefix("/pme", g.Require(http.NotFoundHandler())))
			mux.ServeHTTP(w, navigation(httptest.NewRequest(http.MethodGet, tt.target, nil)))
			if got := w.Header().Get("Location"); got != tt.want {
				t.Errorf("Location %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRefusalKeepsTheVaryOfOthers(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Vary", "Origin")
	ask(nobody).Require(http.NotFoundHandler()).ServeHTTP(w, request())
	if got := w.Header().Values("Vary"); len(got) != 2 || got[0] != "Origin" {
		t.Errorf("Vary %q, want Origin and the gate's own", got)
	}
}

func TestErrorOfTheRecognizerIs503(t *testing.T) {
	g := ask(doubt)

	w, user := visit(g, request())
	if user != "" || w.Code != http.StatusServiceUnavailable {
		t.Errorf("script: let through %q with status %d, want nobody and 503", user, w.Code)
	}
	if got := errorObject(t, w)["error"]; got != "temporarily_unavailable" {
		t.Errorf("script: error %q, want temporarily_unavailable", got)
	}

	page, user := visit(g, navigation(request()))
	if user != "" || page.Code != http.StatusServiceUnavailable || page.Header().Get("Location") != "" {
		t.Errorf("page: let through %q with status %d to %q, want nobody and 503",
			user, page.Code, page.Header().Get("Location"))
	}
	if got := page.Header().Get("Content-Type"); got != "text/html; charset=utf-8" || !strings.Contains(page.Body.String(), "Try again") {
		t.Errorf("page: Content-Type %q, want a page; %s", got, page.Body)
	}

	for name, w := range map[string]*httptest.ResponseRecorder{"script": w, "page": page} {
		if got := w.Header().Get("Retry-After"); got != "5" {
			t.Errorf("%s: Retry-After %q, want 5", name, got)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q, want no-store", name, got)
		}
		if strings.Contains(w.Body.String(), errDatabase.Error()) {
			t.Errorf("%s: the host's error went to the browser: %q", name, w.Body)
		}
	}
}

func TestEachRefusalLeavesOneRecordWithoutTheQuery(t *testing.T) {
	for _, tt := range []struct {
		name  string
		user  func(*http.Request) (identity.User, error)
		level string
		says  string
	}{
		{"nobody", nobody, "level=DEBUG", "not signed in"},
		{"doubt", doubt, "level=WARN", errDatabase.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			r := httptest.NewRequest(http.MethodGet, "/pme/token?secret=in-query", nil)
			r.Header.Set("Cookie", sessionName+"=secret-cookie")
			visit(ask(tt.user, func(cfg *middleware.Config) { cfg.Logger = logger }), r)
			got := log.String()
			if strings.Count(got, "\n") != 1 || !strings.Contains(got, tt.level) || !strings.Contains(got, tt.says) {
				t.Errorf("log %q, want one record with %q and %q", got, tt.level, tt.says)
			}
			if strings.Contains(got, "secret") {
				t.Errorf("log %q has a part of the query or cookie", got)
			}
		})
	}
}

func TestUnusableConfigurationIsAllReported(t *testing.T) {
	for _, address := range []string{
		"login", "//other.example/login", `/\other.example`, "http://example.com/login", "javascript:alert(1)",
		"https:", "https:///login", "https://user:hunter2@example.com/", "https://example.com/\x7f",
	} {
		g, err := middleware.New(nil, middleware.Config{LoginURL: address})
		if err == nil {
			t.Errorf("%q: made %v, want an error", address, g)
			continue
		}
		for _, want := range []string{"middleware: LoginURL must be", "middleware: the Recognizer is missing"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %q does not say %q", address, err, want)
			}
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %q has the password", address, err)
		}
	}
}

func TestReturnParamIsNextByDefault(t *testing.T) {
	w, _ := visit(ask(nobody), navigation(request()))
	u, err := url.Parse(w.Header().Get("Location"))
	if err != nil || !u.Query().Has("next") {
		t.Errorf("Location %q, %v; want the parameter next", u, err)
	}
}

func TestWithoutALoginPagePagesGet401(t *testing.T) {
	w, _ := visit(ask(nobody, loginAt("")), navigation(request()))
	if body := w.Body.String(); w.Code != http.StatusUnauthorized || !strings.Contains(body, "<h1>Please sign in.</h1>") || strings.Contains(body, "<a ") {
		t.Errorf("status %d, %s", w.Code, body)
	}
}

func TestLongReturnPathIsLogged(t *testing.T) {
	var log logtest.Buffer
	g := ask(nobody, func(c *middleware.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, tt := range []struct {
		uri, back string
		logged    bool
	}{
		{"/page?q=" + strings.Repeat("x", 2040), "/page?q=" + strings.Repeat("x", 2040), false},
		{"/page?q=" + strings.Repeat("x", 2041), "/page", true},
		{"/" + strings.Repeat("x", 2048), "/", true},
	} {
		before := log.String()
		w, _ := visit(g, navigation(httptest.NewRequest(http.MethodGet, tt.uri, nil)))
		login, err := url.Parse(w.Header().Get("Location"))
		if err != nil || login.Query().Get("next") != tt.back {
			t.Errorf("%d bytes: sent to %q, %v", len(tt.uri), login, err)
		}
		record := strings.TrimPrefix(log.String(), before)
		if logged := strings.Contains(record, "return path is too long"); logged != tt.logged || strings.Contains(record, "xxx") {
			t.Errorf("%d bytes: logged %v, want %v without the path:\n%s", len(tt.uri), logged, tt.logged, record)
		}
	}
}
