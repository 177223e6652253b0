package accounts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Whoever follows the address of somebody else's callback must not end up with somebody else's account.
func TestCallbackOfAnotherAttemptIsRefused(t *testing.T) {
	for name, follow := range map[string]func(s *site, b *tab, callback string) (*tab, string){
		"in another browser":      func(s *site, b *tab, c string) (*tab, string) { return s.browser(b.t, "alice"), c },
		"by another person":       func(_ *site, b *tab, c string) (*tab, string) { return b.as("bob"), c },
		"by the victim elsewhere": func(s *site, b *tab, c string) (*tab, string) { return s.browser(b.t, "bob"), c },
		"after ten minutes": func(s *site, b *tab, c string) (*tab, string) {
			s.ahead.Add(int64(10*time.Minute + time.Second))
			return b, c
		},
		"twice": func(s *site, b *tab, c string) (*tab, string) {
			if a := b.get(c); a.StatusCode != http.StatusSeeOther {
				b.t.Errorf("the first time: %d", a.StatusCode)
			}
			return b, c
		},
		"with another nonce": func(_ *site, b *tab, c string) (*tab, string) {
			return b, changed(c, "attempt", func(v string) string { return v[1:] + v[:1] })
		},
		"with two that differ": func(_ *site, b *tab, c string) (*tab, string) {
			return b, c + "&state=" + strings.Repeat("A", 26)
		},
		"with the nonce twice": func(_ *site, b *tab, c string) (*tab, string) { return b, c + "&attempt=x" },
		"with two codes":       func(_ *site, b *tab, c string) (*tab, string) { return b, c + "&code=x" },
		"with no nonce": func(_ *site, b *tab, c string) (*tab, string) {
			return b, changed(c, "attempt", func(string) string { return "" })
		},
		"that nobody began": func(s *site, b *tab, _ string) (*tab, string) {
			return b, s.url + "/callback?code=some-code&attempt=" + strings.Repeat("B", 26)
		},
		"with another attempt's nonce": func(s *site, b *tab, c string) (*tab, string) {
			other, _ := url.Parse(s.browser(b.t, "bob").begin("", ""))
			redirect, _ := url.Parse(other.Query().Get("redirect_uri"))
			return b, changed(c, "attempt", func(string) string { return redirect.Query().Get("attempt") })
		},
		"that cannot be read": func(_ *site, b *tab, c string) (*tab, string) { return b, c + "&%zz" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			b, callback := s.browser(t, "alice"), ""
			b, callback = follow(s, b, b.allow(b.begin("", ""), "gallery"))
			exchanges := s.matterport.Calls("authorization_code")
			b.get(callback).wantPage(t, http.StatusBadRequest, "begin again")
			if n := s.matterport.Calls("authorization_code"); n != exchanges {
				t.Error("the code was redeemed")
			}
			if status := b.get(""); len(status.Connections) != 0 && name != "twice" {
				t.Errorf("connected: %s", status.text)
			}
			if !strings.Contains(s.log.String(), "connecting refused") && name != "twice" && name != "with another nonce" && name != "that nobody began" {
				t.Errorf("the operator is not told:\n%s", s.log)
			}
		})
	}
}

func changed(address, name string, change func(string) string) string {
	u, _ := url.Parse(address)
	query := u.Query()
	query.Set(name, change(query.Get(name)))
	u.RawQuery = query.Encode()
	return u.String()
}

// Only looking at a callback ends nothing.
func TestHeadDoesNotUseUpAnAttempt(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	callback := b.allow(b.begin("", ""), "")
	if a := b.do(http.MethodHead, callback, nil); a.StatusCode != http.StatusOK || len(a.Cookies()) != 0 {
		t.Errorf("%d with cookies %v", a.StatusCode, a.Cookies())
	}
	if a := b.get(callback); a.StatusCode != http.StatusSeeOther {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
}

func TestOtherSitesPagesChangeNothing(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.pages.AllowedOrigins = []string{app} })
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", app}} {
		evil := b.with(header[0], header[1])
		script := evil.with("Accept", "application/json")
		for _, target := range []string{"", "/" + id} {
			a := evil.do(http.MethodPost, target, url.Values{"label": {"x"}})
			a.wantPage(t, http.StatusForbidden, "as if it came from another site")
			script.do(http.MethodPost, target, url.Values{}).want(t, http.StatusForbidden, "cross_origin")
			evil.do(http.MethodDelete, target+"?confirm="+id, nil).want(t, http.StatusForbidden, "cross_origin")
			if len(a.Cookies()) != 0 {
				t.Errorf("%v", a.Cookies())
			}
		}
	}
	if status := b.get(""); len(status.Connections) != 1 {
		t.Error("another site's page has deleted the account")
	}
}

func TestUnauthenticatedUsersConnectNothing(t *testing.T) {
	s := newSite(t, nil)
	id := s.browser(t, "alice").connect("gallery", "")
	b := s.browser(t, "")
	for _, at := range []string{"", "/" + id} {
		for _, target := range []string{"", "/token", "/models", "/settings", "/link?modelId=" + office, "/signed-in", "/begin", "/view/" + office} {
			b.get(at+target).want(t, http.StatusUnauthorized, "login_required")
		}
		b.do(http.MethodPost, at, url.Values{}).want(t, http.StatusUnauthorized, "login_required")
		b.do(http.MethodDelete, at+"?confirm="+id, nil).want(t, http.StatusUnauthorized, "login_required")
	}
	for _, target := range []string{"/", "/callback?code=x&attempt=y", "/done"} {
		b.get(target).want(t, http.StatusUnauthorized, "login_required")
	}
	for _, asset := range []string{"/connect.js", "/pme.js", "/pme.css", "/" + s.module(t)} {
		b.get(asset).want(t, http.StatusOK, "")
	}
	// Mounted without a gate, nothing is answered either.
	calls := s.matterport.Calls("*")
	for _, target := range []string{"", "/", "/token", "/models", "/callback", "/done", "/settings", "/signed-in", "/begin", "/" + id + "/token", "/view/" + office} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			r := httptest.NewRequestWithContext(t.Context(), method, "/x", nil)
			r.URL.Path = target
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusUnauthorized && w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %q: %d", method, target, w.Code)
			}
		}
	}
	if n := s.matterport.Calls("*"); n != calls {
		t.Errorf("%d calls to Matterport", n-calls)
	}
}

func TestOtherMethodsOfConnectAreRefused(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	for target, allow := range map[string]string{
		"": "GET, POST, DELETE", "/" + id: "GET, POST, DELETE", "/": "GET, POST", "/callback": "GET", "/done": "GET", "/token": "GET", "/models": "GET",
		"/settings": "GET", "/link": "GET", "/signed-in": "GET", "/begin": "GET", "/view/" + office: "GET", "/" + id + "/token": "GET", "/connect.js": "GET",
	} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, "BREW"} {
			if strings.Contains(allow, method) {
				continue
			}
			a := b.do(method, target, nil)
			a.want(t, http.StatusMethodNotAllowed, "invalid_request")
			if got := a.Header.Get("Allow"); got != allow {
				t.Errorf("%s %q: Allow %q, want %q", method, target, got, allow)
			}
		}
	}
}

func TestBadRequestsToConnectAreRefused(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice").with("Accept", "application/json")
	id := b.connectAs("gallery")
	calls := s.matterport.Calls("*")
	for _, query := range []string{
		"limit=0", "limit=101", "limit=-1", "limit=x", "limit=1&limit=2", "limit=1.5", "offset=" + strings.Repeat("x", 1025), "q=" + strings.Repeat("x", 101),
		"q=%zz", "q=%ff", "q=a&q=b", "q=" + strings.Repeat("x", 5000),
	} {
		b.get("/models?"+query).want(t, http.StatusBadRequest, "invalid_request")
	}
	for _, query := range []string{"", "?modelId=short", "?modelId=" + office + "&modelId=" + office, "?modelId=%zz"} {
		b.get("/link"+query).want(t, http.StatusBadRequest, "invalid_request")
	}
	for _, label := range []string{strings.Repeat("ä", 101), "two\nlines", "\xff", strings.Repeat("x", 10_000)} {
		b.do(http.MethodPost, "", url.Values{"label": {label}}).want(t, http.StatusBadRequest, "invalid_request")
	}
	b.do(http.MethodPost, "", url.Values{"more": {strings.Repeat("x", 10_000)}}).want(t, http.StatusBadRequest, "invalid_request")
	for _, target := range []string{
		"/nothing", "/view/", "/view/a/b", "/view/short", "/token/", "/" + id + "/", "/" + id + "/done", "/" + id + "/callback", "/" + strings.ToLower(id),
		"/" + id + "/" + id, "/" + id + "x/token", "/done/",
	} {
		b.get(target).want(t, http.StatusNotFound, "invalid_request")
	}
	b.get("/"+strings.Repeat("A", 26)+"/token").want(t, http.StatusNotFound, "not_connected")
	b.do(http.MethodPost, "/"+strings.Repeat("A", 26), url.Values{}).want(t, http.StatusNotFound, "not_connected")
	if n := s.matterport.Calls("*"); n != calls {
		t.Errorf("%d calls to Matterport for what is refused", n-calls)
	}
}

// connectAs is connect for a script.
func (b *tab) connectAs(account string) string {
	b.t.Helper()
	a := b.get(b.allow(b.do(http.MethodPost, "", url.Values{}).AuthorizeURL, account))
	return strings.TrimPrefix(a.Header.Get("Location"), "done?connection=")
}
