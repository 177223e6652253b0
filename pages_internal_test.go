package pme

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/pages"
)

// person is what a browser sends for a page that somebody opens.
var person = []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Accept", "text/html,*/*;q=0.8"}

// wantPage fails unless the answer is a page of the application's look.
func wantPage(t *testing.T, w *httptest.ResponseRecorder, status int, want ...string) {
	t.Helper()
	if w.Code != status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v, want %d and a page", w.Code, w.Header(), status)
	}
	for _, want := range append(want, `<html lang="en-GB">`, "<title>", "<p>Our header</p>", "<main", "<h1>") {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%q is not in %s", want, w.Body)
		}
	}
}

// furnished has a look of its own.
func furnished(t *testing.T) *Handler {
	return complete(t, func(c *Config) {
		c.Pages = pages.Config{
			Title: "Our house", Strings: pages.Strings{Lang: "en-GB"}, ContactURL: "mailto:help@example.com", SignOutURL: "/account",
			Templates: template.Must(template.New("").Parse(`{{define "header"}}<p>Our header</p>{{end}}`)),
		}
	})
}

func TestUnknownAddressesArePagesForPeople(t *testing.T) {
	mux := http.NewServeMux()
	furnished(t).Mount(mux, "/pme")
	for path, home := range map[string]string{
		"/pme/nothing": "./", "/pme/a/b/c": "../../", "/pme/view/" + space + "/": "../../", "/pme/view/": "../", "/pme/view": "./",
		"/pme/view/" + space + "/more": "../../", "/pme/token/": "../", "/pme/a%2Fb": "./", "/pme/pme.0.js": "./",
		"/pme/connect/nothing": "./", "/pme/connect/view/" + space + "/": "../../", "/pme/connect/view/": "../",
		"/pme/connect/view/short": "../", "/pme/connect/token/x/y": "../../",
	} {
		text := "There is nothing at this address."
		if strings.Contains(path, "/view/") {
			text = "There is no space at this address."
		}
		wantPage(t, do(t, mux, http.MethodGet, "alice", path, person...), http.StatusNotFound, text, `<a href="`+home+`">`)
		frame := do(t, mux, http.MethodGet, "alice", path, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe")
		wantPage(t, frame, http.StatusNotFound, text)
		for _, script := range [][]string{{"Sec-Fetch-Mode", "cors"}, {"Accept", "application/json"}, {"Accept", "text/html", "X-Requested-With", "XMLHttpRequest"}, nil} {
			if w := do(t, mux, http.MethodGet, "alice", path, script...); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("%s, %v: a script gets %d %s", path, script, w.Code, w.Header().Get("Content-Type"))
			}
		}
	}
}

func TestMistypedSpaceIsSaidInPeoplesWords(t *testing.T) {
	h := furnished(t)
	for _, path := range []string{"/view/SxQL3iGyoD", "/view/SxQL3iGyoDo0", "/view/SxQL3iGyoD.", "/view/%20", "/view/%3Cscript%3E"} {
		w := do(t, h, http.MethodGet, "alice", path, person...)
		wantPage(t, w, http.StatusBadRequest, "<h1>There is no space at this address.</h1>", `<a href="../">All spaces</a>`)
		if strings.Contains(w.Body.String(), "modelId") {
			t.Errorf("%s: %s", path, w.Body)
		}
		if script := do(t, h, http.MethodGet, "alice", path, "Sec-Fetch-Mode", "cors"); script.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: a script gets %v", path, script.Header())
		}
	}
}

func TestRefusedPersonLearnsAsWhomAndWhomToAsk(t *testing.T) {
	h := furnished(t)
	for _, path := range []string{"/view/XXXXXXXXXXX", "/"} { // one who may see nothing, in the gallery too
		want := []string{
			"<bdi>mallory</bdi>", `<a href="mailto:help@example.com" target="_top">Ask for access</a>`, `<a href="/account" target="_top">Use another account</a>`,
		}
		status := http.StatusOK
		if path != "/" {
			status, want = http.StatusForbidden, append(want, "You do not have access to this space.", "If you need access, ask the people who run this site.", `<a href="../">All spaces</a>`)
		}
		wantPage(t, do(t, h, http.MethodGet, "mallory", path, person...), status, want...)
	}
	if body := do(t, h, http.MethodGet, "alice", "/", person...).Body.String(); strings.Contains(body, "Ask for access") {
		t.Errorf("one who sees a space is told whom to ask: %s", body)
	}
	accounts := do(t, h, http.MethodGet, "alice", "/connect/callback?error=x", person...)
	if strings.Contains(accounts.Body.String(), "Ask for access") {
		t.Errorf("another refusal than that of access: %s", accounts.Body)
	}
}

func TestGateHasTheLookOfThePages(t *testing.T) {
	h := furnished(t)
	for _, path := range []string{"/", "/view/" + space, "/token?modelId=" + space, "/connect/"} {
		w := do(t, h, http.MethodGet, "", path, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe")
		wantPage(t, w, http.StatusUnauthorized, "Please sign in.", "<style nonce=", `target="_top">Sign in</a>`)
	}
}

func TestOtherMethodsAtPagesAreRefusedWithAPage(t *testing.T) {
	h := furnished(t)
	for _, path := range []string{"/", "/view/" + space, "/signed-in", "/connect/begin"} {
		w := do(t, h, http.MethodPost, "alice", path, person...)
		wantPage(t, w, http.StatusMethodNotAllowed)
		if w.Header().Get("Allow") != "GET" {
			t.Errorf("%s: %v", path, w.Header())
		}
		if script := do(t, h, http.MethodPost, "alice", path, "Sec-Fetch-Mode", "cors"); script.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: a script gets %v", path, script.Header())
		}
	}
}

// login is an Authenticator of the application's that knows where users sign out.
type login struct{ Authenticator }

func (login) SignOutURL() string { return "/auth/signed-out" }

func (login) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := &identity.User{ID: "https://id.example.com#7", Name: "Mallory \u202eDoe", Email: "m@example.com"}
		next.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), u)))
	})
}

func TestSignOutIsThatOfTheLoginIfTheHostNamesNone(t *testing.T) {
	h := complete(t, func(c *Config) { c.Authenticate = login{} })
	body := do(t, h, http.MethodGet, "", "/view/"+space, person...).Body.String()
	for _, want := range []string{`href="/auth/signed-out" target="_top"`, "<bdi>Mallory Doe (m@example.com)</bdi>"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in %s", want, body)
		}
	}
	if strings.Contains(body, "Ask for access") || strings.Contains(body, "https://id.example.com#7") {
		t.Error(body)
	}
}
