package middleware_test

import (
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

// inFrame is what a browser sends for a page in a frame of another page.
func inFrame(dest string, r *http.Request) *http.Request {
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", dest)
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	return r
}

func script(r *http.Request) *http.Request {
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.Header.Set("Sec-Fetch-Dest", "empty")
	r.Header.Set("Accept", "application/json, text/html")
	return r
}

// wantPage fails unless the answer is a whole page that has its style in itself.
func wantPage(tb testing.TB, w *httptest.ResponseRecorder, status int, want ...string) {
	tb.Helper()
	body := w.Body.String()
	if w.Code != status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Location") != "" {
		tb.Errorf("%d %v, want %d and a page", w.Code, w.Header(), status)
	}
	nonce := regexp.MustCompile(`<style nonce="([A-Z0-9]+)">`).FindStringSubmatch(body)
	if nonce == nil || !strings.Contains(w.Header().Get("Content-Security-Policy"), "style-src 'self' 'nonce-"+nonce[1]+"'") {
		tb.Errorf("the page has no style of its own: %v", w.Header())
	}
	for _, want := range append(want, `<html lang="`, "<title>", "<main", "<h1>") {
		if !strings.Contains(body, want) {
			tb.Errorf("%q is not in %s", want, body[strings.Index(body+"<body", "<body"):])
		}
	}
}

func TestSignedOutPersonInAFrameGetsALinkForTheWholeWindow(t *testing.T) {
	target := "/pme/view/SxQL3iGyoDo?a=1"
	for _, dest := range []string{"iframe", "frame", "embed", "object", "fencedframe"} {
		w, user := visit(ask(nobody), inFrame(dest, httptest.NewRequest(http.MethodGet, target, nil)))
		wantPage(t, w, http.StatusUnauthorized, "Please sign in.", `href="/login?next=%2Fpme%2Fview%2FSxQL3iGyoDo%3Fa%3D1" target="_top"`)
		if user != "" {
			t.Errorf("let through %q", user)
		}
	}
	w, _ := visit(ask(nobody, loginAt("")), inFrame("iframe", request()))
	wantPage(t, w, http.StatusUnauthorized, "Please sign in.")
	form, _ := visit(ask(nobody), inFrame("document", httptest.NewRequest(http.MethodPost, target, nil)))
	wantPage(t, form, http.StatusUnauthorized, `href="/login" target="_top"`)
	wantRejected(t, ask(nobody), script(request()), http.StatusUnauthorized, "login_required")
}

func TestEachRefusalIsAPageForAPersonAndJSONForAScript(t *testing.T) {
	reject := func(no *middleware.Rejection) func(*http.Request) (identity.User, error) {
		return func(*http.Request) (identity.User, error) { return identity.User{}, no }
	}
	for name, tc := range map[string]struct {
		user   func(*http.Request) (identity.User, error)
		status int
		code   string
		text   string
	}{
		"error":   {doubt, http.StatusServiceUnavailable, "temporarily_unavailable", "The sign-in could not be checked just now."},
		"400":     {reject(&middleware.Rejection{Status: 400, Code: "invalid_request", Text: "The headers are odd."}), 400, "invalid_request", "The headers are odd."},
		"401":     {reject(&middleware.Rejection{Status: 401, Code: "invalid_token", Text: "The token is bad."}), 401, "invalid_token", `href="/login?next=`},
		"403":     {reject(&middleware.Rejection{}), 403, "access_denied", "ask the people who run this site"},
		"unknown": {reject(&middleware.Rejection{Status: 500, Reason: "odd"}), 403, "access_denied", "You may not see this."},
	} {
		t.Run(name, func(t *testing.T) {
			g := ask(tc.user)
			for _, r := range []*http.Request{navigation(request()), inFrame("iframe", request())} {
				w, _ := visit(g, r)
				wantPage(t, w, tc.status, tc.text)
			}
			wantRejected(t, g, script(request()), tc.status, tc.code)
			old := request()
			old.Header.Set("Accept", "text/html")
			old.Header.Set("X-Requested-With", "XMLHttpRequest")
			wantRejected(t, g, old, tc.status, tc.code)
		})
	}
	w, _ := visit(behindProxy(t), navigation(fromProxy("X-Forwarded-User", "alice,bob")))
	wantPage(t, w, http.StatusBadRequest, "The headers that say who is asking are not in order.")
}

func newLook(tb testing.TB, words string) *pages.Pages {
	tb.Helper()
	p, err := pages.New(pages.Config{
		Strings:        pages.Strings{Lang: "de", SignIn: words, Errors: map[string]string{"login_required": "Bitte anmelden."}},
		Templates:      template.Must(template.New("").Parse(`{{define "header"}}<p>Our house</p>{{end}}`)),
		FrameAncestors: []string{"https://portal.example.com"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestGateTakesTheLookOfTheApplication(t *testing.T) {
	g := first(ask(nobody), ask(nobody))
	g.UsePages(nil)
	g.UsePages(newLook(t, "Anmelden"))
	g.UsePages(newLook(t, "zu spät"))
	w, _ := visit(g, inFrame("iframe", request()))
	wantPage(t, w, http.StatusUnauthorized, `lang="de"`, "Bitte anmelden.", ">Anmelden</a>", "<p>Our house</p>")
	if csp := w.Header().Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors https://portal.example.com") {
		t.Error(csp)
	}
}

func TestRequireHasTheLookOfItsGate(t *testing.T) {
	all := ask(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "7", Name: "Alice \u202eDoe", Email: "alice@example.com"}, nil
	})
	all.UsePages(newLook(t, ""))
	never := middleware.Require(func(identity.User) error { return errors.New("no") })
	g := gateOf(func(next http.Handler) http.Handler { return all.Require(never(next)) })
	w, _ := visit(g, navigation(request()))
	wantPage(t, w, http.StatusForbidden, `lang="de"`, "Sie dürfen das nicht sehen.", "<bdi>Alice Doe (alice@example.com)</bdi>")
	wantRejected(t, g, script(request()), http.StatusForbidden, "access_denied")
	alone, _ := visit(gateOf(never), navigation(request()))
	wantPage(t, alone, http.StatusUnauthorized, "Please sign in.")
}

// signOutAt is a Recognizer through which users sign out.
type signOutAt struct {
	middleware.Func
	address string
}

func (s signOutAt) SignOutURL() string { return s.address }

func TestFirstKnowsWhereUsersSignOut(t *testing.T) {
	g, err := middleware.New(signOutAt{nobody, "/auth/signed-out"}, middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := first(ask(nobody), g).SignOutURL(); got != "/auth/signed-out" {
		t.Errorf("%q", got)
	}
	if got := ask(nobody).SignOutURL(); got != "" {
		t.Errorf("%q", got)
	}
}

func TestLoginAgainLeadsBack(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/admin/revoke?user=bob", nil)
	back := "next=%2Fadmin%2Frevoke%3Fuser%3Dbob&again=1"
	for login, want := range map[string]string{"/login": "/login?" + back, "/login?a=b": "/login?a=b&" + back, "": ""} {
		if got := ask(nobody, loginAt(login)).LoginAgainURL(r); got != want {
			t.Errorf("%q: %q, want %q", login, got, want)
		}
	}
	form := httptest.NewRequest(http.MethodPost, "/admin/revoke", nil)
	if got := first(ask(nobody), ask(nobody, loginAt("/login"))).LoginAgainURL(form); got != "/login?again=1" {
		t.Errorf("after a form: %q", got)
	}
}
