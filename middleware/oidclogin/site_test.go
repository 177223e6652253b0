package oidclogin_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// site is an application whose login is a Login.
type site struct {
	*httptest.Server
	idp   *idp
	login *oidclogin.Login
	log   *logtest.Buffer

	mu      sync.Mutex
	last    *identity.User // whom the page was shown to last
	signOut []string       // what OnSignOut was told: user and session
}

// newSite starts an application with its login under /auth/ and a page at /page.
func newSite(t testing.TB, p *idp, change ...func(*oidclogin.Config)) *site {
	t.Helper()
	s := &site{idp: p, log: new(logtest.Buffer)}
	s.Server = httptest.NewUnstartedServer(nil)
	cfg := oidclogin.Config{
		Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret,
		RedirectURL: "http://" + s.Listener.Addr().String() + "/auth/callback",
		CookieKeys:  [][]byte{hashKey, blockKey},
		Now:         p.clock.Now,
		Logger:      slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&cfg)
	}
	o, err := oidclogin.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.login = o
	o.OnSignOut(func(_ context.Context, user, session string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.signOut = append(s.signOut, user+" "+session)
	})
	mux := http.NewServeMux()
	mux.Handle("/", o)
	page := o.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		s.mu.Lock()
		s.last = u
		s.mu.Unlock()
		fmt.Fprintln(w, "hello,", u.ID)
	}))
	mux.Handle("/page", page)
	mux.Handle("/{$}", page)
	s.Config.Handler = mux
	s.Start()
	t.Cleanup(func() {
		s.Close()
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		p.CloseClientConnections()
	})
	return s
}

func (s *site) user() *identity.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

func (s *site) signedOut() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.signOut...)
}

// browser is a person's browser: it keeps cookies, and follows redirects one by one.
type browser struct {
	t    testing.TB
	site *site
	*http.Client
}

func (s *site) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, s, &http.Client{
		Transport:     transport,
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what a request came back with.
type answer struct {
	status   int
	location string
	body     string
	header   http.Header
	cookies  []*http.Cookie
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header, res.Cookies()}
}

func (b *browser) request(method, address string, form url.Values) *http.Request {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.site.URL + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// open opens a page as a person does, without following a redirect.
func (b *browser) open(address string) answer {
	b.t.Helper()
	return b.do(navigation(b.request(http.MethodGet, address, nil)))
}

// fetch asks as a script does.
func (b *browser) fetch(path string) answer {
	b.t.Helper()
	return b.do(b.request(http.MethodGet, path, nil))
}

// logout sends the form of a page of the site itself.
func (b *browser) logout() answer {
	b.t.Helper()
	r := b.request(http.MethodPost, "/auth/logout", url.Values{})
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// toCallback goes to the provider and returns the address of the callback, which is not opened yet.
func (b *browser) toCallback(back string) string {
	b.t.Helper()
	login := b.open("/auth/login?next=" + url.QueryEscape(back))
	if login.status != http.StatusFound {
		b.t.Fatalf("login: status %d, body %q", login.status, login.body)
	}
	return b.open(login.location).location
}

// signIn signs the person in and fails unless that works.
func (b *browser) signIn() {
	b.t.Helper()
	if a := b.open(b.toCallback("/page")); a.status != http.StatusSeeOther || a.location != "/page" {
		b.t.Fatalf("callback: status %d to %q, body %q, log:\n%s", a.status, a.location, a.body, b.site.log)
	}
	b.wantSignedIn()
}

func (b *browser) wantSignedIn() {
	b.t.Helper()
	if a := b.fetch("/page"); a.status != http.StatusOK {
		b.t.Errorf("status %d, body %q; want to be signed in; log:\n%s", a.status, a.body, b.site.log)
	}
}

func (b *browser) wantSignedOut() {
	b.t.Helper()
	if a := b.fetch("/page"); a.status != http.StatusUnauthorized {
		b.t.Errorf("status %d, body %q; want 401", a.status, a.body)
	}
}

// sessionCookie is the browser's session cookie.
func (b *browser) sessionCookie() *http.Cookie {
	b.t.Helper()
	for _, c := range b.cookies() {
		if c.Name == "pme-session" {
			return c
		}
	}
	b.t.Fatal("there is no session cookie")
	return nil
}

func (b *browser) cookies() []*http.Cookie {
	b.t.Helper()
	u, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Jar.Cookies(u)
}

// copyTo gives another browser the cookies of this one.
func (b *browser) copyTo(other *browser) {
	b.t.Helper()
	u, _ := url.Parse(b.site.URL)
	other.Jar.SetCookies(u, b.cookies())
}

// backChannel posts a logout token as the provider does, and returns the answer.
func (s *site) backChannel(t testing.TB, token string) answer {
	t.Helper()
	b := s.browser(t)
	return b.do(b.request(http.MethodPost, "/auth/backchannel-logout", url.Values{"logout_token": {token}}))
}

// record sends a page navigation to h.
func record(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, navigation(httptest.NewRequest(http.MethodGet, target, nil)))
	return w
}
