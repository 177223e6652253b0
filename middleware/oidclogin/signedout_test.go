package oidclogin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/pages"
)

func wantPage(t *testing.T, a answer, status int, want ...string) {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %v, want %d and a page", a.status, a.header, status)
	}
	for _, want := range append(want, `class="pme-page"`, "<style nonce=", `<html lang="`, "<title>", "<main", "<h1>") {
		if !strings.Contains(a.body, want) {
			t.Errorf("%q is not in %s", want, a.body[strings.Index(a.body+"<body", "<body"):])
		}
	}
}

func TestSigningOutEndsAtAPageThatSaysSo(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	b.signIn()
	wantPage(t, b.open("/auth/signed-out"), http.StatusOK, "You are signed in", "<bdi>Alice (alice@example.com)</bdi>", `<form method="post" action="logout">`)
	b.wantSignedIn() // to look at it ends nothing
	out := b.logout()
	if out.location != "/auth/signed-out" {
		t.Errorf("ends at %q", out.location)
	}
	a := b.open(out.location)
	wantPage(t, a, http.StatusOK, "You are signed out.", `href="login"`, ">Sign in</a>")
	if strings.Contains(a.body, "Alice") || strings.Contains(a.body, "<form") {
		t.Error(a.body)
	}
	b.wantSignedOut()
}

func TestFormThatSignsOutMayLeadToTheProvider(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	out := b.open("/auth/signed-out").header
	if csp := out.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self'") || out.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("signed out: %v", out)
	}
	b.signIn()
	in := b.open("/auth/signed-out").header
	if csp := in.Get("Content-Security-Policy"); strings.Contains(csp, "form-action") || !strings.Contains(csp, "default-src 'none'") || in.Get("Referrer-Policy") != "same-origin" {
		t.Errorf("signed in: %v", in)
	}
}

func TestPostLogoutURLOfTheHostStands(t *testing.T) {
	s := newSite(t, newIDP(t), postLogout("/goodbye"))
	b := s.browser(t)
	b.signIn()
	if a := b.logout(); a.location != "/goodbye" {
		t.Errorf("ends at %q", a.location)
	}
	root := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.RedirectURL = strings.Replace(c.RedirectURL, "/auth/", "/", 1) })
	if got := root.login.SignOutURL(); got != "/signed-out" {
		t.Errorf("%q", got)
	}
}

func TestReturningToThePageOfSigningOutLeadsHome(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	if a := b.open(b.toCallback("/auth/signed-out")); a.location != "/" {
		t.Errorf("back to %q", a.location)
	}
}

func TestPageOfSigningOutIsUnavailableInsteadOfWrong(t *testing.T) {
	store := new(brokenStore)
	store.Store = oidclogin.NewMemoryStore()
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.Store = store })
	b := s.browser(t)
	b.signIn()
	store.broken.Store(true)
	wantPage(t, b.open("/auth/signed-out"), http.StatusServiceUnavailable, "could not be checked just now")
}

func TestEveryRefusalOfALoginIsAPageForAPersonAndJSONForAScript(t *testing.T) {
	s := newSite(t, newIDP(t))
	look, err := pages.New(pages.Config{Strings: pages.Strings{Lang: "de", SignIn: "Anmelden"}})
	if err != nil {
		t.Fatal(err)
	}
	s.login.UsePages(look)
	b := s.browser(t)
	wantPage(t, b.open("/auth/callback?code=x&state=x"), http.StatusBadRequest, `lang="de"`, "Die Anmeldung konnte nicht abgeschlossen werden.", `href="/auth/login"`, ">Anmelden</a>")
	wantPage(t, b.open("/auth/nothing"), http.StatusNotFound, `lang="de"`, "An dieser Adresse gibt es nichts.")
	wantPage(t, b.open("/auth/logout"), http.StatusMethodNotAllowed, `lang="de"`)
	foreign := navigation(b.request(http.MethodPost, "/auth/logout", url.Values{}))
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	wantPage(t, b.do(foreign), http.StatusForbidden, `lang="de"`)
	for _, path := range []string{"/auth/callback?code=x&state=x", "/auth/nothing", "/auth/logout"} {
		if a := b.fetch(path); a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: a script gets %s", path, a.header.Get("Content-Type"))
		}
	}
	head := httptest.NewRecorder()
	s.login.ServeHTTP(head, httptest.NewRequest(http.MethodHead, "/auth/signed-out", nil))
	if head.Code != http.StatusOK {
		t.Errorf("HEAD: %d", head.Code)
	}
}
