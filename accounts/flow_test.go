package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestConnectingAnAccountWorksWhetherOrNotStateComesBack(t *testing.T) {
	for name, echo := range map[string]bool{"with state": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(c *siteConfig) { c.emulator.EchoState = echo })
			b := s.browser(t, "alice")
			id := b.connect("gallery", " Riverside ")
			status := b.get("")
			status.want(t, http.StatusOK, "")
			if len(status.Connections) != 1 {
				t.Fatalf("%s", status.text)
			}
			one := status.Connections[0]
			connected, err := time.Parse(time.RFC3339, one.Connected)
			if one.ID != id || one.Label != "Riverside" || one.Reconnect || len(one.Scopes) != 2 || err != nil || time.Since(connected) > time.Minute ||
				!strings.HasSuffix(one.Connected, "Z") || strings.Contains(status.text, "refreshed") {
				t.Errorf("%s", status.text)
			}
			if done := b.get("/done?connection=" + id); done.StatusCode != http.StatusOK || !strings.Contains(done.text, `data-connected="`+id+`"`) ||
				!strings.Contains(done.text, "Riverside") {
				t.Errorf("%d %s", done.StatusCode, done.text)
			}
			for _, at := range []string{"", "/" + id} {
				token := b.get(at + "/token?modelId=" + office)
				token.want(t, http.StatusOK, "")
				if token.TokenType != "Bearer" || token.AccessToken == "" || token.ExpiresIn <= 60 || token.ExpiresIn != float64(int(token.ExpiresIn)) {
					t.Errorf("%s/token: %v %v", at, token.TokenType, token.ExpiresIn)
				}
			}
			models := b.get("/models")
			models.want(t, http.StatusOK, "")
			if models.Total != 3 || len(models.Models) != 3 || models.Models[0].Name != "Sculpture Hall" || models.Models[0].Thumbnail == "" {
				t.Errorf("%s", models.text)
			}
			if other := s.browser(t, "bob").get(""); strings.Contains(other.text, id) {
				t.Error("bob sees what alice has connected")
			}
		})
	}
}

func TestNothingIsLeftOfAnAttempt(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	to := b.begin("", "")
	at, _ := url.Parse(s.url)
	cookies := b.client.Jar.Cookies(at)
	if len(cookies) != 1 || strings.Contains(to, cookies[0].Name[len("pme-connect-"):]) {
		t.Fatalf("%v", cookies)
	}
	b.get(b.allow(to, ""))
	if left := b.client.Jar.Cookies(at); len(left) != 0 {
		t.Errorf("%v", left)
	}
}

func TestProofsCookieIsForThisSiteAlone(t *testing.T) {
	for redirect, prefix := range map[string]string{"": "pme-connect-", "https://app.example.com/pme/connect/callback": "__Host-pme-connect-"} {
		s := newSite(t, func(c *siteConfig) {
			if redirect != "" {
				c.app.RedirectURL = redirect
			}
		})
		a := s.browser(t, "alice").do(http.MethodPost, "", url.Values{})
		for _, c := range a.Cookies() {
			if !strings.HasPrefix(c.Name, prefix) || c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
				c.Secure != (redirect != "") || c.MaxAge < 590 || c.MaxAge > 600 {
				t.Errorf("%v", c)
			}
		}
		if len(a.Cookies()) != 1 {
			t.Errorf("%v", a.Cookies())
		}
	}
}

func TestOldAttemptsOfABrowserMakeWay(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	var to []string
	for range 18 {
		to = append(to, b.begin("", ""))
		s.ahead.Add(int64(time.Second))
	}
	at, _ := url.Parse(s.url)
	if n := len(b.client.Jar.Cookies(at)); n != 16 {
		t.Errorf("%d cookies", n)
	}
	b.get(b.allow(to[0], "")).wantPage(t, http.StatusBadRequest, "begin again")
	if a := b.get(b.allow(to[2], "")); a.StatusCode != http.StatusSeeOther {
		t.Errorf("an attempt beside others: %d %s", a.StatusCode, a.text)
	}
}

// Tabs may end in any order, and their cookies leave room for others in a header of 8 KiB.
func TestAttemptsInSixteenTabsEnd(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.connect.MaxPerUser = 20 })
	b := s.browser(t, "alice")
	var callbacks []string
	for range 16 {
		callbacks = append(callbacks, b.allow(b.begin("", ""), ""))
	}
	at, _ := url.Parse(s.url)
	size := 0
	for _, c := range b.client.Jar.Cookies(at) {
		size += len("__Host-") + len(c.Name) + len("=") + len(c.Value) + len("; ")
	}
	t.Logf("the cookies of 16 attempts take %d bytes", size)
	if size > 1200 {
		t.Errorf("the cookies of 16 attempts take %d bytes, want 1,200 at most", size)
	}
	for n := range callbacks {
		i := n * 7 % len(callbacks)
		if a := b.get(callbacks[i]); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "done?") {
			t.Errorf("attempt %d: %d %s", i, a.StatusCode, a.text)
		}
	}
	if n := len(b.client.Jar.Cookies(at)); n != 0 {
		t.Errorf("%d cookies are left", n)
	}
}

// A script has to say what is asked for before it sends the person away: it is told.
func TestScriptIsToldWhatIsAskedFor(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice").with("Accept", "application/json")
	a := b.do(http.MethodPost, "", url.Values{"label": {"Main"}})
	a.want(t, http.StatusOK, "")
	want := []any{
		map[string]any{"scope": "ViewDetails", "charged": false, "description": "find the spaces of the account and see their details, private ones included"},
		map[string]any{"scope": "PurchaseAssets", "charged": true, "description": "purchase assets for its spaces"},
	}
	if diff := cmp.Diff(want, a.Scopes); diff != "" || a.ExpiresIn < 590 || a.ExpiresIn > 600 {
		t.Errorf("expires_in %v (-want +got):\n%s", a.ExpiresIn, diff)
	}
	if diff := cmp.Diff(want, b.get("").Scopes); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if done := b.get(b.allow(a.AuthorizeURL, "")); done.StatusCode != http.StatusSeeOther {
		t.Errorf("%d %s", done.StatusCode, done.text)
	}
}

func TestRefusalsOfMatterportHaveEachTheirPage(t *testing.T) {
	for name, tc := range map[string]struct {
		change  func(*siteConfig)
		prepare func(*site)
		deny    bool
		status  int
		words   string
	}{
		"the owner does not agree": {deny: true, status: 403, words: "Nothing was connected"},
		"development mode":         {change: func(c *siteConfig) { c.emulator.OAuth.Production = false }, status: 403, words: "Development Mode"},
		"missing scopes":           {prepare: func(s *site) { s.matterport.GrantOnly("ViewDetails") }, status: 403, words: "<li>purchase assets for its spaces</li>"},
		"disabled before":          {prepare: func(s *site) { s.matterport.DisableApp(true) }, status: 403, words: "tell the people who run this site"},
		"wrong secret":             {change: func(c *siteConfig) { c.app.ClientSecret = "another-secret" }, status: 502, words: "tell the people who run this site"},
		"unavailable": {
			prepare: func(s *site) {
				s.matterport.Fail("authorization_code", matterporttest.Status(503, "40"), -1)
			},
			status: 503, words: "Try again",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, tc.change)
			b := s.browser(t, "alice")
			to := b.begin("", "")
			if tc.prepare != nil {
				tc.prepare(s)
			}
			callback, err := s.matterport.Allow(to, "gallery")
			if tc.deny {
				callback, err = s.matterport.Deny(to)
			}
			if err != nil {
				t.Fatal(err)
			}
			a := b.get(callback)
			a.wantPage(t, tc.status, tc.words)
			if (a.Header.Get("Retry-After") != "") != (tc.status == 503) {
				t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
			}
			if tc.status == 503 && !strings.Contains(a.text, `href="./">Try again`) { // the callback itself works once
				t.Errorf("%s", a.text)
			}
			if status := b.get(""); len(status.Connections) != 0 {
				t.Errorf("connected nevertheless: %s", status.text)
			}
			b.get(callback).wantPage(t, http.StatusBadRequest, "begin again")
		})
	}
}

func TestDisabledAppIsAnUpstreamErrorAtTheExchange(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	callback := b.allow(b.begin("", ""), "")
	s.matterport.DisableApp(true)
	b.get(callback).wantPage(t, http.StatusBadGateway, "tell the people who run this site")
}
