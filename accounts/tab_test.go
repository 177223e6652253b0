package accounts_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// tab is a browser with somebody in it. It follows no redirect by itself.
type tab struct {
	t      *testing.T
	site   *site
	person string
	client *http.Client
	header http.Header
}

func (s *site) browser(t *testing.T, person string) *tab {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(client.CloseIdleConnections)
	return &tab{t: t, site: s, person: person, client: client, header: http.Header{}}
}

// as is the same browser with somebody else, or with more headers.
func (b *tab) as(person string, header ...string) *tab {
	other := *b
	other.person, other.header = person, b.header.Clone()
	for i := 0; i+1 < len(header); i += 2 {
		other.header.Set(header[i], header[i+1])
	}
	return &other
}

func (b *tab) with(header ...string) *tab { return b.as(b.person, header...) }

// connectAnswer is what came back, and what of a JSON body a test may want to know.
type connectAnswer struct {
	*http.Response
	text string

	Error       string
	Description string `json:"error_description"`
	ConnectURL  string `json:"connect_url"`
	LoginURL    string `json:"login_url"`

	ID          string
	Connections []struct {
		ID, Label            string
		Scopes               []string
		Connected, Refreshed string
		Reconnect            bool
	}
	Scopes       []any
	AuthorizeURL string  `json:"authorize_url"`
	ExpiresIn    float64 `json:"expires_in"`
	AccessToken  string  `json:"access_token"`
	TokenType    string  `json:"token_type"`
	Link         string
	Viewer       string
	Selector     string
	Models       []struct{ ID, Name, Thumbnail, Visibility string }
	NextOffset   string `json:"next_offset"`
	Label        string `json:"label"`
	Total        int
}

// do asks for an address below the mount point, or for a whole one.
func (b *tab) do(method, target string, form url.Values) connectAnswer {
	b.t.Helper()
	address := target
	if !strings.HasPrefix(target, "http") {
		address = b.site.url + target
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	if b.person != "" {
		r.Header.Set("Person", b.person)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := connectAnswer{Response: response, text: string(body)}
	if response.Header.Get("Content-Type") == "application/json" && method != http.MethodHead {
		if err := json.Unmarshal(body, &a); err != nil {
			b.t.Errorf("%s %s: %v in %q", method, target, err, body)
		}
	}
	if response.Header.Get("Cache-Control") != "no-store" && method != http.MethodOptions && !strings.Contains(target, ".js") && !strings.Contains(target, ".css") {
		b.t.Errorf("%s %s may be kept: %v", method, target, response.Header)
	}
	if a.AccessToken == "" && a.Link == "" { // in these two a token belongs
		_ = response.Header.Write(b.site.seen)
		_, _ = b.site.seen.Write(body)
	}
	return a
}

func (b *tab) get(target string) connectAnswer {
	b.t.Helper()
	return b.do(http.MethodGet, target, nil)
}

// begin presses the page's button, and returns the address at Matterport that it leads to.
func (b *tab) begin(target, label string) string {
	b.t.Helper()
	a := b.do(http.MethodPost, target, url.Values{"label": {label}})
	if a.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("begin: %d %s", a.StatusCode, a.text)
	}
	return a.Header.Get("Location")
}

// allow agrees at Matterport, and returns where that sends the browser.
func (b *tab) allow(authorizeURL, account string) string {
	b.t.Helper()
	callback, err := b.site.matterport.Allow(authorizeURL, account)
	if err != nil {
		b.t.Fatal(err)
	}
	return callback
}

// connect connects an account, and returns the connection's ID.
func (b *tab) connect(account, label string) string {
	b.t.Helper()
	a := b.get(b.allow(b.begin("", label), account))
	id, ok := strings.CutPrefix(a.Header.Get("Location"), "done?connection=")
	if a.StatusCode != http.StatusSeeOther || !ok {
		b.t.Fatalf("callback: %d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.text)
	}
	return id
}

func (a connectAnswer) want(t *testing.T, status int, code string) {
	t.Helper()
	if a.StatusCode != status || a.Error != code || (code == "") == (a.Description != "") {
		t.Errorf("%s %s: %d %q %q, want %d %q", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.Error, a.Description, status, code)
	}
	if got, want := a.Header.Get("Retry-After") != "", code == "temporarily_unavailable"; got != want {
		t.Errorf("%d %s: Retry-After %q", a.StatusCode, code, a.Header.Get("Retry-After"))
	}
}

// wantPage checks for the page of an error: it says what happened, leads back, and holds nothing of the
// address it was asked for under.
func (a connectAnswer) wantPage(t *testing.T, status int, words string) {
	t.Helper()
	if a.StatusCode != status || !strings.Contains(a.text, words) {
		t.Errorf("%d, want %d with %q: %s", a.StatusCode, status, words, a.text)
	}
	h := a.Header
	if h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Content-Type-Options") != "nosniff" ||
		strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
		t.Errorf("header %v", h)
	}
	if !strings.Contains(a.text, "Matterport accounts</a>") {
		t.Errorf("no way back: %s", a.text)
	}
	for name, values := range a.Request.URL.Query() {
		for _, value := range values {
			if len(value) > 3 && strings.Contains(a.text, value) {
				t.Errorf("%s of the query is in the page", name)
			}
		}
	}
}
