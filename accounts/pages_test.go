package accounts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

// lasting is the name with a hash in it under which a page loads an asset.
func lasting(t *testing.T, page, name, ext string) string {
	t.Helper()
	found := regexp.MustCompile(name + `\.[0-9a-f]{16}\.` + ext).FindString(page)
	if found == "" {
		t.Errorf("%s.%s is not in %s", name, ext, page)
	}
	return found
}

// module is the name under which the pages load connect.js.
func (s *site) module(t *testing.T) string {
	t.Helper()
	return lasting(t, s.browser(t, "alice").get("/").text, "connect", "js")
}

func TestConnectPageSaysWhatItAsksForBeforeItAsks(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	for _, target := range []string{"/", "/begin", "/signed-in"} {
		a := b.get(target)
		form := strings.Index(a.text, "<form")
		button := strings.LastIndex(a.text, "Continue to Matterport")
		if a.StatusCode != http.StatusOK || form < 0 || button < form {
			t.Fatalf("%s: %d %s", target, a.StatusCode, a.text)
		}
		for _, want := range []string{
			"find the spaces of the account", "purchase assets", "can cost money", "is charged to the Matterport account", "refresh token", "withdraw",
			`action="./"`, `maxlength="100"`,
		} {
			if at := strings.Index(a.text, want); at < 0 || at > button {
				t.Errorf("%s: %q is not said before the button", target, want)
			}
		}
	}
	if n := s.matterport.Calls("*"); n != 0 {
		t.Errorf("%d calls to Matterport", n)
	}
}

func TestConnectPagesAreStrictAboutWhatTheyLoad(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", `<b>&"Riverside"`)
	nonce := regexp.MustCompile(`'nonce-([A-Za-z0-9+/=_-]{16,})'`)
	handlers := regexp.MustCompile(`(?i)<[^>]* (on[a-z]+|style)=`)
	for target, want := range map[string]struct{ frame, form string }{
		"/":                             {s.matterport.URL, "'self' " + s.matterport.URL},
		"/begin":                        {"'none'", "'self' " + s.matterport.URL},
		"/done?connection=" + id:        {"'none'", "'self'"},
		"/callback?attempt=x":           {"'none'", "'self'"},
		"/signed-in":                    {"'none'", "'self'"},
		"/" + id + "/view/" + riverside: {s.matterport.URL, "'self'"},
	} {
		a := b.get(target)
		csp := a.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-src " + want.frame, "form-action " + want.form, "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(csp+";", want+";") {
				t.Errorf("%s: %q is not in %q", target, want, csp)
			}
		}
		m := nonce.FindStringSubmatch(csp)
		if m == nil || strings.Count(a.text, "<script") != strings.Count(a.text, `nonce="`+m[1]+`"`) || strings.Count(a.text, "<script") == 0 {
			t.Errorf("%s: a script without a nonce", target)
		}
		if inline := handlers.FindString(a.text); inline != "" || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %s %v", target, inline, a.Header)
		}
		if strings.Contains(a.text, "<b>&") {
			t.Errorf("%s: a name is not escaped", target)
		}
	}
}

func TestModulesOfThePagesAreCached(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "")
	page := s.browser(t, "alice").get("/").text
	for _, name := range []string{s.module(t), lasting(t, page, "pme", "css")} {
		if a := b.get("/" + name); a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") || !strings.Contains(page, `"`+name+`"`) {
			t.Errorf("%s: %d %v", name, a.StatusCode, a.Header)
		}
	}
	if a := b.get("/connect.js"); a.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || a.Header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(a.text, "export function connectAccount") {
		t.Errorf("%v", a.Header)
	}
}

func TestNavigationGetsToThePage(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	for target, want := range map[string]string{"": "./connect/", "/" + id: "./"} {
		for _, header := range [][2]string{{"Sec-Fetch-Mode", "navigate"}, {"Accept", "text/html,*/*"}} {
			a := b.with(header[0], header[1]).get(target)
			if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != want {
				t.Errorf("%q: %d to %q", target, a.StatusCode, a.Header.Get("Location"))
			}
		}
		b.with("Sec-Fetch-Mode", "cors", "Accept", "text/html").get(target).want(t, http.StatusOK, "")
		b.get(target).want(t, http.StatusOK, "")
	}
}

const riverside = "Rv4hGm8sKq2"

func TestSpaceOfAConnectedAccountHasAPage(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	for _, at := range []string{"", "/" + id} {
		a := b.get(at + "/view/" + riverside)
		if a.StatusCode != http.StatusOK || !strings.Contains(a.text, `<pme-space model="`+riverside+`" title="Sculpture Hall" endpoint="../">`) ||
			lasting(t, a.text, "pme", "js") == "" || !strings.Contains(a.text, "Matterport accounts</a>") {
			t.Errorf("%s: %d %s", at, a.StatusCode, a.text)
		}
	}
	b.get("/view/"+office).wantPage(t, http.StatusNotFound, "not in the connected account")
	b.get("/"+strings.Repeat("A", 26)+"/view/"+riverside).wantPage(t, http.StatusNotFound, "not connected")

	s.matterport.Fail("model", matterporttest.Status(503, ""), -1)
	if a := b.get("/view/" + riverside); a.StatusCode != http.StatusOK || !strings.Contains(a.text, `title="`+riverside+`"`) {
		t.Errorf("without its name: %d %s", a.StatusCode, a.text)
	}
	s.matterport.Heal()
	s.matterport.RevokeGrants("gallery")
	if a := b.get("/view/" + riverside); a.StatusCode != http.StatusOK || !strings.Contains(a.text, "<pme-space") {
		t.Errorf("withdrawn: %d %s", a.StatusCode, a.text)
	}
	if a := b.get("/" + id + "/signed-in"); a.StatusCode != http.StatusOK || !strings.Contains(a.text, `action="../`+id+`"`) {
		t.Errorf("the popup does not offer to connect again: %s", a.text)
	}
}

func TestLinkOfAConnectedSpaceIsComplete(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	b.connect("gallery", "")
	a := b.get("/link?modelId=" + riverside)
	a.want(t, http.StatusOK, "")
	if want := s.matterport.URL + "/show?m=" + riverside + "&auth=Bearer+" + b.get("/token").AccessToken; a.Link != want || a.ExpiresIn <= 60 {
		t.Errorf("link %q", a.Link)
	}
}

func TestModelsComeInPages(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	b.connect("gallery", "")
	var names []string
	for offset, n := "", 0; n < 5; n++ {
		a := b.get("/models?limit=2&offset=" + offset)
		for _, m := range a.Models {
			names = append(names, m.Name+" "+m.Visibility)
		}
		if offset = a.NextOffset; offset == "" {
			break
		}
	}
	if got := strings.Join(names, ", "); got != "Sculpture Hall private, Print Room private, Café and Shop unlisted" {
		t.Errorf("%s", got)
	}
	if a := b.get("/models?q=print"); a.Total != 1 || len(a.Models) != 1 {
		t.Errorf("%s", a.text)
	}
}

func TestMatterportSaysHowLongToWait(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	b.connect("gallery", "")
	s.matterport.Fail("models", matterporttest.Status(503, "40"), -1)
	a := b.get("/models")
	a.want(t, http.StatusServiceUnavailable, "temporarily_unavailable")
	if wait := a.Header.Get("Retry-After"); wait != "40" {
		t.Errorf("Retry-After %q", wait)
	}
}

func TestWhoIsDeniedIsToldSo(t *testing.T) {
	doubt := false
	s := newSite(t, func(c *siteConfig) {
		c.connect.Allow = func(_ context.Context, u *identity.User) (bool, error) {
			if doubt {
				return true, errors.New("the directory is down: ldap://internal-host")
			}
			return u.ID == "alice", nil
		}
	})
	bob := s.browser(t, "bob")
	bob.get("/").wantPage(t, http.StatusForbidden, "You may not connect")
	bob.get("/begin").wantPage(t, http.StatusForbidden, "You may not connect")
	bob.get("/token").want(t, http.StatusForbidden, "access_denied")
	doubt = true
	alice := s.browser(t, "alice")
	alice.get("/token").want(t, http.StatusServiceUnavailable, "temporarily_unavailable")
	a := alice.get("/")
	a.wantPage(t, http.StatusServiceUnavailable, "Try again")
	if strings.Contains(a.text, "ldap") {
		t.Errorf("internals in the page: %s", a.text)
	}
}

func TestConnectTakesTheHostsWords(t *testing.T) {
	s := newSite(t, func(c *siteConfig) {
		c.accounts.Strings = accounts.Strings{Title: "Matterport-Konten", Add: "Konto verbinden", Scopes: map[string]string{"ViewDetails": "Räume finden"}}
		c.pages.Strings = pages.Strings{
			Lang:   "de",
			Errors: map[string]string{"not_connected": "Kein Konto verbunden.", "attempt_over": "Bitte noch einmal beginnen."},
		}
	})
	b := s.browser(t, "alice")
	a := b.get("/")
	for _, want := range []string{`lang="de"`, "<title>Matterport-Konten</title>", "Konto verbinden", "Räume finden", "Inhalte für seine Räume kaufen"} {
		if !strings.Contains(a.text, want) {
			t.Errorf("no %q in %s", want, a.text)
		}
	}
	if a := b.get("/token"); a.Description != "Kein Konto verbunden." {
		t.Errorf("%q", a.Description)
	}
	if a := b.get("/callback"); !strings.Contains(a.text, "Bitte noch einmal beginnen.") {
		t.Errorf("%s", a.text)
	}
}

func TestConnectSpeaksTheLanguageOfTheBrowser(t *testing.T) {
	s := newSite(t, func(c *siteConfig) {
		c.pages.Languages = []pages.Strings{{Lang: "en"}, {Lang: "de"}, {Lang: "ar"}}
		c.accounts.Strings = accounts.Strings{Title: "Our accounts"}
		c.accounts.Languages = map[string]accounts.Strings{"de": {Add: "Jetzt verknüpfen"}}
	})
	for accepted, want := range map[string][]string{
		"en": {`<html lang="en">`, "<title>Our accounts</title>", "Connect an account"},
		"de": {`<html lang="de">`, "<title>Matterport-Konten</title>", "Jetzt verknüpfen", "Inhalte für seine Räume kaufen"},
		"ar": {`<html lang="ar" dir="rtl">`, "<title>حسابات Matterport</title>", "ربط حساب"},
	} {
		a := s.browser(t, "alice").with("Accept-Language", accepted).get("/")
		for _, want := range want {
			if !strings.Contains(a.text, want) {
				t.Errorf("%s: no %q in %s", accepted, want, a.text)
			}
		}
	}
}

func TestWordsInALanguageThatNoPageHasAreNamed(t *testing.T) {
	p, err := pages.New(pages.Config{Languages: []pages.Strings{{Lang: "en"}, {Lang: "de"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = accounts.New(accounts.Config{Pages: p, Languages: map[string]accounts.Strings{"de": {}, "DE": {}}})
	if err == nil || !strings.Contains(err.Error(), `Languages has "DE"`) || strings.Contains(err.Error(), `"de"`) {
		t.Error(err)
	}
}

func TestAllowedOriginsMayReadTheAnswers(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.pages.AllowedOrigins = []string{app} })
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	readable := func(b *tab, method, target string) bool {
		a := b.with("Origin", app).do(method, target, nil)
		return a.Header.Get("Access-Control-Allow-Origin") == app && a.Header.Get("Access-Control-Allow-Credentials") == "true"
	}
	for _, target := range []string{"", "/token", "/models", "/settings", "/link?modelId=" + riverside, "/" + id, "/" + id + "/token"} {
		if !readable(b, http.MethodGet, target) || !readable(b.as(""), http.MethodGet, target) || !readable(b.as(""), http.MethodOptions, target) {
			t.Errorf("%q cannot be read", target)
		}
	}
	for _, target := range []string{"/", "/done", "/begin", "/" + id + "/view/" + riverside} {
		if readable(b, http.MethodGet, target) {
			t.Errorf("the page %q can be read", target)
		}
	}
	for query, want := range map[string]bool{"?origin=" + app: true, "?origin=https://evil.example.com": false, "": false} {
		if body := b.get("/begin" + query).text; strings.Contains(body, `data-opener="`+app+`"`) != want || strings.Contains(body, "evil") {
			t.Errorf("%q: %s", query, body)
		}
	}
}

func TestConnectReportsAllThatIsWrong(t *testing.T) {
	_, err := accounts.New(accounts.Config{})
	for _, want := range []string{"accounts: Connections", "accounts: Pages"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not reported: %v", want, err)
		}
	}
}

func TestTokenIsRenewedBeforeTheSDKAsks(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	first := b.get("/token")
	if again := b.get("/token"); again.AccessToken != first.AccessToken {
		t.Error("not reused")
	}
	s.matterport.SkewClock(59 * time.Minute)
	b.get("/models") // this machine sees Matterport's clock
	next := b.get("/token")
	if next.AccessToken == first.AccessToken || next.ExpiresIn <= 60 {
		t.Errorf("%v seconds left", next.ExpiresIn)
	}
	if one := b.get("/" + id); !strings.Contains(one.text, `"refreshed":"`) {
		t.Errorf("%s", one.text)
	}
	if page := b.get("/"); !strings.Contains(page.text, "Renewed") {
		t.Errorf("%s", page.text)
	}
}

// Mounted at the top of a host, without a prefix, all addresses hold as well.
func TestConnectKnowsNoPrefixOfItsOwn(t *testing.T) {
	s := newSite(t, nil)
	ctx := identity.NewContext(t.Context(), &identity.User{ID: "alice"})
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/token", nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `"connect_url":"/"`) {
		t.Errorf("%s", w.Body)
	}
}
