package handler_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	mt "github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

// lasting is the name with a hash in it under which a page loads pme.js or pme.css.
func lasting(page, ext string) string {
	return regexp.MustCompile(`pme\.[0-9a-f]{16}\.` + ext).FindString(page)
}

func TestGalleryShowsThePersonsSpaces(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "")
	a.want(t, http.StatusOK, "")
	body := a.Body.String()
	for _, want := range []string{
		`href="view/` + office + `"`, "HQ &amp; more", `href="view/` + warehouse + `"`, "Warehouse &lt;b&gt;", p.matterport.URL + "/thumb",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	if strings.Contains(body, showroom) {
		t.Error("a space of somebody else's is in the page")
	}
	if empty := p.get(t, "mallory", "").Body.String(); !strings.Contains(empty, "No spaces yet") {
		t.Errorf("empty gallery: %s", empty)
	}
	if n := len(p.matterport.LiveTokens()); n != 0 {
		t.Errorf("%d tokens minted for a list", n)
	}
}

func TestViewIsForWhoMaySeeIt(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "view/"+office)
	a.want(t, http.StatusOK, "")
	if !strings.Contains(a.Body.String(), `<pme-space model="`+office+`" title="HQ &amp; more">`) {
		t.Errorf("no element in the page: %s", a.Body)
	}
	forbidden, invented := p.get(t, "alice", "view/"+showroom), p.get(t, "alice", "view/XXXXXXXXXXX")
	if forbidden.Code != http.StatusForbidden || forbidden.Body.String() != invented.Body.String() {
		t.Error("a space one may not see can be told from one that is not there")
	}
	if bad := p.get(t, "alice", `view/%3Cscript%3E`); bad.Code != http.StatusBadRequest || strings.Contains(bad.Body.String(), "<script>") {
		t.Errorf("%d: %s", bad.Code, bad.Body)
	}
}

func TestPagesAreStrictAboutWhatTheyLoad(t *testing.T) {
	p := newPortal(t, nil)
	nonce := regexp.MustCompile(`'nonce-([A-Za-z0-9+/=_-]{16,})'`)
	seen := make(map[string]bool)
	for _, target := range []string{"", "view/" + office, "view/" + showroom, "view/" + office} {
		a := p.get(t, "alice", target)
		csp := a.Header().Get("Content-Security-Policy")
		frame := "frame-src 'none'"
		if target == "view/"+office {
			frame = "frame-src " + p.matterport.URL
		}
		for _, want := range []string{
			"default-src 'none'", frame + ";", "base-uri 'none'", "frame-ancestors 'self'", "connect-src 'self'",
		} {
			if !strings.Contains(csp+";", want) {
				t.Errorf("%q: %q is not in %q", target, want, csp)
			}
		}
		m := nonce.FindStringSubmatch(csp)
		if m == nil || seen[m[1]] {
			t.Fatalf("%q: no fresh nonce in %q", target, csp)
		}
		seen[m[1]] = true
		if strings.Contains(a.Body.String(), "<script") && !strings.Contains(a.Body.String(), `nonce="`+m[1]+`"`) {
			t.Errorf("%q: a script without the nonce", target)
		}
		if strings.Contains(csp, "unsafe") || a.Header().Get("Referrer-Policy") != "no-referrer" || a.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%q: header %v", target, a.Header())
		}
		if allowed := a.Header().Get("Permissions-Policy"); !strings.Contains(allowed, `xr-spatial-tracking=(self "`+p.matterport.URL+`")`) {
			t.Errorf("%q: Permissions-Policy %q", target, allowed)
		}
	}
}

func TestGalleryWorksWithoutMatterport(t *testing.T) {
	p := newPortal(t, nil)
	p.matterport.Fail("*", mt.DropConnection(), -1)
	a := p.get(t, "alice", "models")
	a.want(t, http.StatusOK, "")
	if len(a.Models) != 2 || a.Models[0].Name != "HQ & more" || a.Models[1].Name != warehouse || a.Partial {
		t.Errorf("%+v", a.Models)
	}
	if all := p.get(t, "root", "models"); !all.Partial {
		t.Error("a list of everything says that it is complete")
	}
}

func TestSettingsAndScriptAreServed(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.SDKKey = "key" })
	if body := p.get(t, "alice", "settings").Body.String(); !strings.Contains(body, `"sdk_key":"key"`) || !strings.Contains(body, p.matterport.URL) {
		t.Errorf("settings: %s", body)
	}
	script := p.get(t, "alice", "pme.js")
	if script.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(script.Body.String(), "pme-space") {
		t.Errorf("script: %v", script.Header())
	}
	if again := p.get(t, "alice", "pme.js", "If-None-Match", script.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("unchanged script: %d", again.Code)
	}
}

func TestAssetsWithAHashInTheirNameAreCached(t *testing.T) {
	p := newPortal(t, nil)
	view, gallery := p.get(t, "alice", "view/"+office).Body.String(), p.get(t, "alice", "").Body.String()
	for stable, lasting := range map[string]string{"pme.js": lasting(view, "js"), "pme.css": lasting(gallery, "css")} {
		if !strings.Contains(view+gallery, lasting+`"`) {
			t.Errorf("%s is on no page", lasting)
		}
		kept, plain := p.get(t, "", lasting), p.get(t, "", stable)
		if kept.Code != http.StatusOK || !strings.Contains(kept.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", lasting, kept.Code, kept.Header())
		}
		if plain.Header().Get("Cache-Control") != "no-cache" || plain.Body.String() != kept.Body.String() {
			t.Errorf("%s: %v", stable, plain.Header())
		}
		if other := p.get(t, "", lasting, "Accept-Encoding", "gzip"); other.Header().Get("Content-Encoding") != "" || other.Body.String() != kept.Body.String() {
			t.Errorf("%s is compressed, which is left to the host: %v", lasting, other.Header())
		}
	}
}

func TestScriptIsSmall(t *testing.T) {
	p := newPortal(t, nil)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = p.get(t, "", "pme.js").Body.WriteTo(w)
	if err := w.Close(); err != nil || packed.Len() > 10<<10 {
		t.Errorf("pme.js is %d bytes, compressed; %v", packed.Len(), err)
	}
}

// Two tabs share a token where viewer is the same.
func TestViewerTellsPeopleAndRevocationsApart(t *testing.T) {
	p := newPortal(t, nil)
	viewer := func(person string) string {
		var out struct{ Viewer string }
		if err := json.Unmarshal(p.get(t, person, "settings").Body.Bytes(), &out); err != nil || out.Viewer == "" || strings.Contains(out.Viewer, person) {
			t.Errorf("%v %q", err, out.Viewer)
		}
		return out.Viewer
	}
	alice, bob := viewer("alice"), viewer("bob")
	if alice == bob {
		t.Error("alice and bob look the same")
	}
	p.get(t, "alice", "token?modelId="+office)
	if viewer("alice") != alice {
		t.Error("alice changes without a reason")
	}
	if _, err := p.RevokeUser(t.Context(), "alice"); err != nil {
		t.Fatal(err)
	}
	if viewer("alice") == alice {
		t.Error("a tab would be handed a revoked token")
	}
	if viewer("bob") != bob {
		t.Error("bob changes with alice")
	}
	p.get(t, "bob", "token?modelId="+showroom)
	if _, err := p.RevokeModel(t.Context(), showroom); err != nil {
		t.Fatal(err)
	}
	if viewer("bob") == bob {
		t.Error("a tab would be handed a token for a model that was revoked")
	}
}

func TestSignedInIsForWhoIs(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.AllowedOrigins = []string{app} })
	if a := p.get(t, "", "signed-in", "Accept", "application/json"); a.Code != http.StatusUnauthorized {
		t.Errorf("nobody: %d", a.Code)
	}
	for query, want := range map[string]bool{"?origin=" + app: true, "": false, "?origin=https://evil.example.com": false} {
		a := p.get(t, "alice", "signed-in"+query)
		a.want(t, http.StatusOK, "")
		body := a.Body.String()
		if strings.Contains(body, "app.example.com") != want || strings.Contains(body, "evil") || strings.Contains(body, "location.origin") == want {
			t.Errorf("%q: %s", query, body)
		}
	}
}

func TestGalleryFindsByAllWords(t *testing.T) {
	p := newPortal(t, nil)
	found := func(query string) int {
		a := p.get(t, "alice", "?q="+url.QueryEscape(query))
		a.want(t, http.StatusOK, "")
		return strings.Count(a.Body.String(), `href="view/`)
	}
	for query, want := range map[string]int{"": 2, "hq": 1, "MORE hq": 1, "hq warehouse": 0, office: 1, strings.Repeat("ä", 500): 0, `"><script>`: 0} {
		if n := found(query); n != want {
			t.Errorf("%q: %d spaces, want %d", query, n, want)
		}
	}
	if body := p.get(t, "alice", "?q=%22%3E%3Cb%3E").Body.String(); strings.Contains(body, `"><b>`) || !strings.Contains(body, "Nothing found") {
		t.Error("what was searched for is not shown as text")
	}
}

func TestPagesTakeTheHostsWordsAndTemplates(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) {
		c.Pages.Strings = pages.Strings{Lang: "de", NoSpaces: "Noch nichts", Errors: map[string]string{"access_denied": "Kein Zugang"}, Element: map[string]string{"opening": "Öffnet"}}
		c.Pages.Templates = template.Must(template.New("").Parse(`{{define "header"}}<p>Our house</p>{{end}}`))
		c.Pages.FrameAncestors = []string{"'self'", app}
	})
	for target, want := range map[string]string{"": "Noch nichts", "view/" + office: "Kein Zugang"} {
		a := p.get(t, "mallory", target)
		for _, want := range []string{want, `lang="de"`, "<p>Our house</p>"} {
			if !strings.Contains(a.Body.String(), want) {
				t.Errorf("%q: no %q in %s", target, want, a.Body)
			}
		}
		if !strings.HasSuffix(a.Header().Get("Content-Security-Policy"), "frame-ancestors 'self' "+app) {
			t.Errorf("%q: %v", target, a.Header())
		}
	}
	if body := p.get(t, "alice", "view/"+office).Body.String(); !strings.Contains(body, `&#34;opening&#34;:&#34;Öffnet&#34;`) || !strings.Contains(body, `&#34;again&#34;:&#34;Noch einmal versuchen&#34;`) {
		t.Errorf("the element has no words: %s", body)
	}
}

func TestGalleryFragmentFitsAnotherPage(t *testing.T) {
	p := newPortal(t, nil)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/home", nil)
	if _, err := p.Gallery().Fragment(r, "/pme"); !errors.Is(err, issuer.ErrNotSignedIn) || !strings.Contains(err.Error(), "gate.Require") {
		t.Errorf("a page that is not behind the gate: %v", err)
	}
	r = r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: "alice"}))
	fragment, err := p.Gallery().Fragment(r, "/pme")
	if err != nil || !strings.Contains(string(fragment), `href="/pme/view/`+office+`"`) || strings.Contains(string(fragment), "<script") ||
		strings.Contains(string(fragment), "<html") {
		t.Errorf("%v: %s", err, fragment)
	}
}

func TestIntegrityIsInThePageOfASpace(t *testing.T) {
	const value = "sha256-BQWGMpVwQOtBQEYFIPJHgYk4P6Ff7X3wkHgAjYOkO8A="
	p := newPortal(t, func(c *pme.Config) { c.Pages.SDKIntegrity, c.Pages.SDKURL = value, app+"/sdk.js" })
	if body := p.get(t, "alice", "view/"+office).Body.String(); !strings.Contains(body, `<script type="importmap" nonce="`) ||
		!strings.Contains(body, `{"integrity":{"`+app+`/sdk.js":"`+value+`"}}`) {
		t.Errorf("no integrity: %s", body)
	}
}

// A page of the host's own, and the page of a space, have in them what the browser module would ask for.
func TestSettingsAreInThePage(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.SDKKey, c.Pages.SDKURL = "key", app+"/sdk.js" })
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/home", nil)
	if _, err := p.Head(r, "/pme", ""); !errors.Is(err, issuer.ErrNotSignedIn) || !strings.Contains(err.Error(), "gate.Require") {
		t.Errorf("a page that is not behind the gate: %v", err)
	}
	head, err := p.Head(r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: "alice"})), "/pme", "n0nce", office)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(p.get(t, "alice", "settings").Body.String())
	for where, test := range map[string]struct{ page, endpoint string }{
		"head": {string(head), "/pme/"}, "view": {p.get(t, "alice", "view/"+office).Body.String(), "../"},
	} {
		if !strings.Contains(test.page, `<link rel="modulepreload" href="`+app+`/sdk.js"`) || !strings.Contains(test.page, `<link rel="preconnect" href="`+p.matterport.URL) {
			t.Errorf("%s has no hints: %s", where, test.page)
		}
		m := regexp.MustCompile(`(?s)<script type="application/json" class="pme-settings" data-endpoint="([^"]*)">(.*?)</script>`).FindStringSubmatch(test.page)
		if m == nil || m[1] != test.endpoint || strings.TrimSpace(m[2]) != want {
			t.Errorf("%s has %q, want the settings %s", where, m, want)
		}
		if !strings.Contains(test.page, `"models":"`+office+`"`) {
			t.Errorf("%s does not begin: %s", where, test.page)
		}
		if strings.Contains(test.page, "auth=") || strings.Contains(test.page, "access_token") {
			t.Errorf("%s has a token in it: %s", where, test.page)
		}
	}
}

// A page without scripts of its own names no models, and only some browsers have a use for a preloaded token.
func TestHeadBeginsWhatItIsToldTo(t *testing.T) {
	with := newPortal(t, func(c *pme.Config) { c.Pages.SDKKey = "key" })
	head := func(p *portal, browser, nonce string, models ...string) string {
		r := httptest.NewRequestWithContext(identity.NewContext(t.Context(), &identity.User{ID: "alice"}), http.MethodGet, "/home", nil)
		r.Header.Set("Sec-Ch-Ua", browser)
		out, err := p.Head(r, "/pme/", nonce, models...)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	const chromium, preload = `"Chromium";v="142", "Not_A Brand";v="99"`, `as="fetch" crossorigin="use-credentials" href="/pme/token?modelId=`
	if out := head(with, chromium, "abc", office, " "+warehouse+" "+office); strings.Count(out, preload) != 2 || strings.Count(out, "<script nonce=\"abc\">") != 1 ||
		!strings.Contains(out, "modelId="+warehouse+"&amp;modelId="+office) || !strings.Contains(out, `.js" nonce="abc"></script>`) {
		t.Error(out)
	}
	if out := head(with, "", "", office); strings.Contains(out, "as=\"fetch\"") || !strings.Contains(out, "<script>") || strings.Contains(out, "nonce") {
		t.Error(out)
	}
	if out := head(with, chromium, ""); strings.Contains(out, "token") || strings.Contains(out, "<script>") {
		t.Error(out)
	}
	if out := head(newPortal(t, nil), chromium, "", office); strings.Contains(out, "token") || strings.Contains(out, "<script>") {
		t.Errorf("without an SDK key: %s", out)
	}
}

func TestFrameBeginsWithThePage(t *testing.T) {
	frame := regexp.MustCompile(`<template shadowrootmode="open"><iframe hidden src="([^"]*)"`)
	with := newPortal(t, func(c *pme.Config) { c.Pages.SDKKey = "key" })
	m := frame.FindStringSubmatch(with.get(t, "alice", "view/"+office).Body.String())
	if want := with.matterport.URL + "/show?applicationKey=key&amp;m=" + office + "&amp;play=1"; m == nil || m[1] != want {
		t.Errorf("the frame is %q, want %s", m, want)
	}
	if without := newPortal(t, nil); frame.MatchString(without.get(t, "alice", "view/"+office).Body.String()) {
		t.Error("a frame without an SDK key")
	}
}
