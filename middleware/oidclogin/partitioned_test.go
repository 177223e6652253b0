package oidclogin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// framed is a browser that shows the application in a frame of a portal on another site. It keeps the cookies that
// may be kept there.
type framed struct {
	t     *testing.T
	login *oidclogin.Login
	jar   map[string]string
	set   []*http.Cookie // every cookie that was set or cleared
}

func (f *framed) open(method, target string) *httptest.ResponseRecorder {
	f.t.Helper()
	r := navigation(httptest.NewRequest(method, "https://intranet.example"+target, nil))
	r.Header.Set("Sec-Fetch-Dest", "iframe")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range f.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	page := f.login.Require(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }))
	if strings.HasPrefix(target, "/auth/") {
		f.login.ServeHTTP(w, r)
	} else {
		page.ServeHTTP(w, r)
	}
	for _, c := range w.Result().Cookies() {
		f.set = append(f.set, c)
		if c.SameSite != http.SameSiteNoneMode || !c.Partitioned || !c.Secure {
			continue
		}
		f.jar[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(f.jar, c.Name)
		}
	}
	return w
}

func TestEveryCookieOfAPartitionedLoginWorksInAFrame(t *testing.T) {
	p := newIDP(t)
	cfg := oidclogin.Config{
		Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: "https://intranet.example/auth/callback",
		CookieKeys: [][]byte{hashKey, blockKey}, Now: p.clock.Now, PartitionedCookies: true,
	}
	login, err := oidclogin.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = login.Close(); p.CloseClientConnections() })
	f := &framed{t: t, login: login, jar: map[string]string{}}

	begun := f.open(http.MethodGet, "/auth/login?next=/page")
	res, err := p.Client().Transport.RoundTrip(httptest.NewRequest(http.MethodGet, begun.Header().Get("Location"), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	if a := f.open(http.MethodGet, back.RequestURI()); a.Code != http.StatusSeeOther {
		t.Fatalf("callback: status %d", a.Code)
	}
	if a := f.open(http.MethodGet, "/page"); a.Code != http.StatusOK {
		t.Errorf("status %d, want to be signed in", a.Code)
	}
	p.clock.pass(cfg.IdleTimeout/4 + 3600e9) // the cookie is written anew
	if a := f.open(http.MethodGet, "/page"); a.Code != http.StatusOK {
		t.Errorf("status %d, want to be signed in still", a.Code)
	}
	if a := f.open(http.MethodPost, "/auth/logout"); a.Code != http.StatusSeeOther || len(f.jar) != 0 {
		t.Errorf("logout: status %d, cookies %v", a.Code, f.jar)
	}
	if len(f.set) < 5 { // attempt, its end, session, session again, its end
		t.Fatalf("%d cookies", len(f.set))
	}
	for _, c := range f.set {
		if c.SameSite != http.SameSiteNoneMode || !c.Partitioned || !c.Secure || !c.HttpOnly || !strings.HasPrefix(c.Name, "__Host-pme-session-partitioned") {
			t.Errorf("the cookie is %s", c)
		}
	}
}

// A form of another site brings the session along, as SameSite=None lets it. The login's own endpoints refuse it.
func TestPartitionedLogoutIsRefusedToOtherSites(t *testing.T) {
	cfg := validConfig()
	cfg.PartitionedCookies = true
	login, err := oidclogin.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = login.Close() })
	r := httptest.NewRequest(http.MethodPost, "https://intranet.example/auth/logout", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	login.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
		t.Errorf("status %d, cookies %v", w.Code, w.Result().Cookies())
	}
}
