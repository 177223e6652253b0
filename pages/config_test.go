package pages_test

import (
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/pages"
)

const app = "https://app.example.com"

func newPages(t *testing.T, cfg pages.Config) *pages.Pages {
	t.Helper()
	p, err := pages.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewReportsAllThatIsWrong(t *testing.T) {
	_, err := pages.New(pages.Config{
		ShowcaseURL: "ftp://x", SDKURL: "javascript:alert(1)", SDKIntegrity: "md5-x",
		FrameAncestors: []string{"*", "'self'"}, AllowedOrigins: []string{app, "null"},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	want := []string{
		`pages: ShowcaseURL is "ftp://x"`, `pages: SDKURL is "javascript:alert(1)"`, `pages: SDKIntegrity is "md5-x"`,
		`pages: FrameAncestors has "*"`, `pages: AllowedOrigins has "null"`,
	}
	for _, want := range want {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	if n := len(strings.Split(err.Error(), "\n")); n != len(want) {
		t.Errorf("%d problems, want %d:\n%v", n, len(want), err)
	}
}

func TestAddressesAreChecked(t *testing.T) {
	for _, showcase := range []string{"https://my.matterport.com", "https://my.matterport.com/", "http://127.0.0.1:8080", "http://localhost:3000", "http://[::1]:80"} {
		newPages(t, pages.Config{ShowcaseURL: showcase})
	}
	for _, showcase := range []string{
		"my.matterport.com", "http://my.matterport.com", "https://my.matterport.com/show", "https://my.matterport.com?x", "https://a@my.matterport.com",
		"https://my.matterport.com#x", "https://my.matterport.com; script-src *", "https://", "//my.matterport.com", "%",
	} {
		if _, err := pages.New(pages.Config{ShowcaseURL: showcase}); err == nil || !strings.Contains(err.Error(), "ShowcaseURL") {
			t.Errorf("%q: %v", showcase, err)
		}
	}
}

func TestOriginsAreExact(t *testing.T) {
	for _, bad := range []string{"*", "https://*.example.com", "app.example.com", "https://app.example.com/", "https://app.example.com/x", "http://app.example.com", "https://APP.example.com", "https://app.example.com:443", "https://app.example.com?", "null", ""} {
		for field, cfg := range map[string]pages.Config{
			"AllowedOrigins": {AllowedOrigins: []string{app, bad}}, "FrameAncestors": {FrameAncestors: []string{app, bad}},
		} {
			if _, err := pages.New(cfg); err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%s %q: %v", field, bad, err)
			}
		}
	}
	newPages(t, pages.Config{AllowedOrigins: []string{app, "http://127.0.0.1:8080", "http://localhost:3000"}, FrameAncestors: []string{"'none'"}})
}

// Pages that an app on a phone or a desktop brings along have an origin with a scheme of the app's own.
func TestOriginsOfAppsAreExactToo(t *testing.T) {
	for _, good := range []string{
		"capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://-", "app://obsidian.md", "capacitor-electron://-", "my.app+1://host:8080",
		"chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb", "moz-extension://0b4a1a5e-8f0c-4d58-9d0f-000000000001", "safari-web-extension://0B4A1A5E-8F0C",
		"http://localhost", "https://localhost",
	} {
		p := newPages(t, pages.Config{AllowedOrigins: []string{good}, FrameAncestors: []string{good}})
		for from, want := range map[string]string{good: good, good + "x": "", good + "/": "", "https://evil.example.com": "", "null": ""} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.Header.Set("Origin", from)
			w := httptest.NewRecorder()
			p.CORS(http.NotFoundHandler()).ServeHTTP(w, r)
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%q lets %q read: %q", good, from, got)
			}
		}
	}
	for _, bad := range []string{
		"capacitor://", "capacitor://localhost/", "capacitor://localhost/index.html", "capacitor://*", "capacitor://a@localhost", "capacitor://localhost?x",
		"capacitor://localhost#x", "capacitor://localhost:0", "capacitor://localhost:", "capacitor:localhost", "Capacitor://localhost", "1app://localhost",
		"capacitor://localhost; script-src", "capacitor://local host", "capacitor://localhost\n", "://localhost", "*://localhost",
		"file://", "file://localhost", "data://x", "javascript://x", "blob://x", "about://blank", "ws://localhost", "wss://app.example.com", "ftp://localhost",
		"content://x", "filesystem://x",
	} {
		for field, cfg := range map[string]pages.Config{"AllowedOrigins": {AllowedOrigins: []string{bad}}, "FrameAncestors": {FrameAncestors: []string{bad}}} {
			if _, err := pages.New(cfg); err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%s %q: %v", field, bad, err)
			}
		}
	}
}

func TestConfigHasItsDefaults(t *testing.T) {
	cfg := newPages(t, pages.Config{ShowcaseURL: "https://showcase.example.com/"}).Config()
	if cfg.ShowcaseURL != "https://showcase.example.com" || !strings.HasPrefix(cfg.SDKURL, "https://static.matterport.com/") || cfg.Title != "Spaces" ||
		cfg.Strings.Lang != "en" || cfg.Logger == nil {
		t.Errorf("%+v", cfg)
	}
}

func TestOriginsThatAreChangedLaterCountForNothing(t *testing.T) {
	origins := []string{app}
	p := newPages(t, pages.Config{AllowedOrigins: origins})
	origins[0] = "https://evil.example.com"
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?origin=https://evil.example.com", nil)
	if got := p.Page(r, "").Origin; got != "" {
		t.Errorf("the opener is %q", got)
	}
}

func TestTemplatesReplaceThoseOfTheSameName(t *testing.T) {
	host := template.Must(template.New("").Parse(`{{define "header"}}<p>Our house</p>{{end}}{{define "extra"}}ours{{end}}`))
	face := template.Must(template.New("").Parse(`{{define "extra"}}built in{{end}}{{define "more"}}<i>{{.Data}}</i>{{end}}`))
	p := newPages(t, pages.Config{Templates: host}).With(face)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	page := p.Page(r, "")
	page.Data = "<b>"
	for name, want := range map[string]string{"header": "<p>Our house</p>", "extra": "ours", "more": "<i>&lt;b&gt;</i>"} {
		if got, err := p.Fragment(name, page); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := p.Fragment("nothing", page); err == nil {
		t.Error("a template that is missing is no error")
	}
}

func TestPageThatFailsIsNoHalfPage(t *testing.T) {
	broken := template.Must(template.New("error.html").Funcs(template.FuncMap{
		"fail": func() (string, error) { return "", errors.New("broken") },
	}).Parse(`<p>half{{fail}}`))
	p := newPages(t, pages.Config{Templates: broken})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	w := httptest.NewRecorder()
	p.Refuse(w, r, answer.Refusal{Status: http.StatusForbidden, Code: "access_denied", Text: "No."}, p.Page(r, ""))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "half") || !strings.Contains(w.Body.String(), "<h1>This page cannot be shown.</h1>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestScriptGetsARefusalInJSON(t *testing.T) {
	p := newPages(t, pages.Config{Strings: pages.Strings{Errors: map[string]string{"access_denied": "Kein Zugang."}}})
	for name, value := range map[string]string{"Sec-Fetch-Mode": "cors", "Accept": "application/json", "X-Requested-With": "XMLHttpRequest"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set(name, value)
		w := httptest.NewRecorder()
		p.Refuse(w, r, answer.Refusal{Status: http.StatusForbidden, Code: "access_denied", Text: "No."}, p.Page(r, ""))
		if got := w.Body.String(); w.Code != http.StatusForbidden || got != `{"error":"access_denied","error_description":"Kein Zugang."}`+"\n" {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
	}
}

func TestLinksOfThePagesAreChecked(t *testing.T) {
	for _, right := range []string{"", "/help", "/help?a=b#c", "https://help.example.com/pme", "http://127.0.0.1/help"} {
		if _, err := pages.New(pages.Config{ContactURL: right, SignOutURL: right}); err != nil {
			t.Errorf("%q: %v", right, err)
		}
	}
	if _, err := pages.New(pages.Config{ContactURL: "mailto:help@example.com"}); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"help", "//evil.example", `/\evil.example`, "http://example.com/", "javascript:alert(1)", "https://u:hunter2@example.com/", "mailto:", "tel:1", "https://"} {
		_, err := pages.New(pages.Config{ContactURL: wrong, SignOutURL: wrong})
		if err == nil || !strings.Contains(err.Error(), "ContactURL") || !strings.Contains(err.Error(), "SignOutURL") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestRefusalIsInTheHostsWords(t *testing.T) {
	p := newPages(t, pages.Config{Strings: pages.Strings{Errors: map[string]string{"access_denied": "Kein Zugang. Bitte fragen."}}})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	for code, want := range map[string]string{"access_denied": "<h1>Kein Zugang.</h1>\n    <p>Bitte fragen.</p>", "other": "<h1>No.</h1>"} {
		w := httptest.NewRecorder()
		p.Refuse(w, r, answer.Refusal{Status: http.StatusForbidden, Code: code, Text: "No."}, p.Page(r, ""))
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", code, w.Code, w.Body)
		}
	}
}
