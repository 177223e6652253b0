package oidclogin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// wantRefused fails unless the callback is refused with that status and the browser is not signed in.
func wantRefused(b *browser, a answer, status int) {
	b.t.Helper()
	if a.status != status {
		b.t.Errorf("status %d to %q, body %q; want %d; log:\n%s", a.status, a.location, a.body, status, b.site.log)
	}
	b.wantSignedOut()
}

// withQuery changes the parameters of an address.
func withQuery(t testing.TB, address string, change func(url.Values)) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	change(q)
	u.RawQuery = q.Encode()
	return u.String()
}

// A login that this browser has not begun: the oldest of oauth2-proxy's advisories is GHSA-rrm8-32g4-w8m3
// (CVE-2017-1000069, cross-site request forgery in the authentication flow).
func TestStateThatIsNotThisBrowsersIsRefused(t *testing.T) {
	s := newSite(t, newIDP(t))
	for name, change := range map[string]func(url.Values){
		"missing":    func(q url.Values) { q.Del("state") },
		"empty":      func(q url.Values) { q.Set("state", "") },
		"invented":   func(q url.Values) { q.Set("state", strings.Repeat("A", 32)) },
		"one letter": func(q url.Values) { q.Set("state", q.Get("state")+"A") },
		"twice":      func(q url.Values) { q.Add("state", q.Get("state")) },
		"foreign":    func(q url.Values) { q.Set("state", stateOf(t, s.browser(t).toCallback("/page"))) },
	} {
		t.Run(name, func(t *testing.T) {
			b := s.browser(t)
			wantRefused(b, b.open(withQuery(t, b.toCallback("/page"), change)), http.StatusBadRequest)
		})
	}
}

func stateOf(t testing.TB, address string) (state string) {
	t.Helper()
	withQuery(t, address, func(q url.Values) { state = q.Get("state") })
	return state
}

// GHSA-rrm8-32g4-w8m3 again, from the victim's side: an attacker's own callback is opened in the
// victim's browser, to have the victim work in the attacker's account.
func TestForgedCallbackChangesNoSession(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	attacker := s.browser(t)
	p.claims["sub"] = "mallory"
	planted := attacker.toCallback("/page")
	p.claims["sub"] = subject

	victim := s.browser(t)
	wantRefused(victim, victim.open(planted), http.StatusBadRequest)
	victim.signIn()
	session := victim.sessionCookie().Value
	tokens := p.called("/token")
	if a := victim.open(planted); a.status != http.StatusSeeOther || a.location != "/page" || len(a.cookies) != 0 {
		t.Errorf("status %d to %q with cookies %v, want 303 to /page with none", a.status, a.location, a.cookies)
	}
	if p.called("/token") != tokens || victim.sessionCookie().Value != session || len(s.signedOut()) != 0 {
		t.Error("the planted callback was used")
	}
	victim.wantSignedIn()
	if u := s.user(); u.ID != p.URL+"#"+subject {
		t.Errorf("signed in as %q", u.ID)
	}
}

// These attempts are sealed with the right keys, so that the checks behind the seal are tried alone.
func TestForgedAttemptIsRefused(t *testing.T) {
	s := newSite(t, newIDP(t))
	u, _ := url.Parse(s.URL)
	for name, tt := range map[string]struct {
		forged   *oidclogin.ForgedLogin
		location string
		status   int
	}{
		"good":                         {s.login.Forge(t, "/page", nil), "/page", http.StatusSeeOther},
		"state of another":             {s.login.Forge(t, "/page", s.login.Forge(t, "/page", nil)), "", http.StatusBadRequest},
		"foreign return path":          {s.login.Forge(t, "//evil.example", nil), "/", http.StatusSeeOther},
		"absolute address":             {s.login.Forge(t, "https://evil.example/", nil), "/", http.StatusSeeOther},
		"return path to the next":      {s.login.Forge(t, "/auth/login?next=/page", nil), "/", http.StatusSeeOther},
		"return path that is too long": {s.login.Forge(t, "/"+strings.Repeat("a", 2048), nil), "/", http.StatusSeeOther},
	} {
		b := s.browser(t)
		b.Jar.SetCookies(u, []*http.Cookie{tt.forged.Cookie})
		if a := b.open(b.open(tt.forged.Address).location); a.status != tt.status || a.location != tt.location {
			t.Errorf("%s: status %d to %q, want %d to %q; log:\n%s", name, a.status, a.location, tt.status, tt.location, s.log)
		}
	}
}

func TestCodeOfAnotherLoginIsRefused(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	stolen, victims := s.browser(t), s.browser(t)
	var code string
	withQuery(t, victims.toCallback("/page"), func(q url.Values) { code = q.Get("code") })
	a := stolen.open(withQuery(t, stolen.toCallback("/page"), func(q url.Values) { q.Set("code", code) }))
	wantRefused(stolen, a, http.StatusBadRequest)
	for _, change := range []func(url.Values){
		func(q url.Values) { q.Del("code") },
		func(q url.Values) { q.Add("code", "another") },
	} {
		wantRefused(stolen, stolen.open(withQuery(t, stolen.toCallback("/page"), change)), http.StatusBadRequest)
	}
}

func TestIDTokenOfAnotherLoginIsRefused(t *testing.T) {
	for name, nonce := range map[string]any{"other": "nonce of another login", "empty": "", "missing": nil} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims["nonce"] = nonce
			b := newSite(t, p).browser(t)
			wantRefused(b, b.open(b.toCallback("/page")), http.StatusForbidden)
		})
	}
}

func TestCallbackWorksOnce(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b, thief := s.browser(t), s.browser(t)
	login := b.open("/auth/login?next=/page")
	b.copyTo(thief) // the attempt's cookie
	callback := b.open(login.location).location
	again := thief.open(login.location).location // a new code, for the same state and nonce
	if a := b.open(callback); a.status != http.StatusSeeOther {
		t.Fatalf("status %d", a.status)
	}
	tokens := p.called("/token")
	if a := b.open(callback); a.status != http.StatusSeeOther || a.location != "/page" || p.called("/token") != tokens {
		t.Errorf("same callback again: status %d to %q, want 303 to /page and no code redeemed", a.status, a.location)
	}
	wantRefused(thief, thief.open(again), http.StatusBadRequest)
	b.wantSignedIn()
}

func TestAttemptIsOverAfterTenMinutes(t *testing.T) {
	p := newIDP(t)
	b := newSite(t, p).browser(t)
	callback := b.toCallback("/page")
	p.clock.pass(10 * time.Minute)
	wantRefused(b, b.open(callback), http.StatusBadRequest)
}

// An answer that another provider has sent, or may have (RFC 9207).
func TestAnswerOfAnotherProviderIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		iss  []string
		ever bool
		want int
	}{
		"own":                   {[]string{"own"}, true, http.StatusSeeOther},
		"not sent":              {nil, false, http.StatusSeeOther},
		"promised but not sent": {nil, true, http.StatusBadRequest},
		"foreign":               {[]string{"https://evil.example"}, false, http.StatusBadRequest},
		"empty":                 {[]string{""}, false, http.StatusBadRequest},
		"own and foreign":       {[]string{"own", "https://evil.example"}, true, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.metadata["authorization_response_iss_parameter_supported"] = tt.ever
			for _, iss := range tt.iss {
				p.response.Add("iss", strings.Replace(iss, "own", p.URL, 1))
			}
			b := newSite(t, p).browser(t)
			if a := b.open(b.toCallback("/page")); a.status != tt.want {
				t.Errorf("status %d, want %d", a.status, tt.want)
			}
		})
	}
}

// Open redirects, in all the spellings that oauth2-proxy has published advisories about:
// GHSA-jm34-xm8m-w958 (CVE-2017-1000070), GHSA-qqxw-m5fj-f7gv (/\), GHSA-j7px-6hwj-hpjg
// (CVE-2020-11053), GHSA-5m6c-jp6f-2vcv (CVE-2020-4037, white space and controls) and
// GHSA-4mf2-f3wh-gvf2 (CVE-2021-21291, which no list of domains can repeat here, as there is none).
func TestLoginLeadsBackToThisSiteOnly(t *testing.T) {
	s := newSite(t, newIDP(t))
	for _, back := range []string{
		"//evil.example", `/\evil.example`, "/%5cevil.example", "https:evil.example", "https://evil.example/",
		"/\tevil.example", "/\r\nevil.example", "/%09/evil.example", "/%0a//evil.example", "/ /evil.example",
		"/%20//evil.example", "/%2fevil.example", "/.//evil.example", "javascript:alert(1)", `\\evil.example`,
		"/\x00", "/%00", "evil.example", "?next=//evil.example", "/" + strings.Repeat("a", 2048), "",
		"/auth/login", "/auth/callback?x=1", "/auth/../auth/login", ".evil.example/", "@evil.example",
	} {
		b := s.browser(t)
		if a := b.open(b.toCallback(back)); a.status != http.StatusSeeOther || a.location != "/" {
			t.Errorf("%q: status %d to %q, want back to /", back, a.status, a.location)
		}
	}
}

// GHSA-c5c4-8r6x-56w3 (CVE-2026-40574): an address with two @ against a rule for a domain.
func TestUnverifiedOrMalformedAddressIsLeftOut(t *testing.T) {
	for name, claims := range map[string]map[string]any{
		"two @":            {"email": "a@evil.example@example.com"},
		"quoted @":         {"email": `"a@evil.example"@example.com`},
		"space":            {"email": "a@evil.example a@example.com"},
		"space inside":     {"email": "a b@example.com"},
		"line break":       {"email": "a@evil.example\n@example.com"},
		"no local part":    {"email": "@example.com"},
		"no domain":        {"email": "alice@"},
		"not an address":   {"email": 1},
		"not verified":     {"email_verified": false},
		"not said":         {"email_verified": nil},
		"verified: text":   {"email_verified": "yes"},
		"verified: number": {"email_verified": 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = claims
			s := newSite(t, p)
			s.browser(t).signIn()
			if u := s.user(); u.Email != "" || u.EmailVerified {
				t.Errorf("e-mail %q, verified %v; want none", u.Email, u.EmailVerified)
			}
		})
	}
}

func TestGroupsWithEmptyNamesAreLeftOut(t *testing.T) {
	for name, groups := range map[string]any{
		"alone": "", "in a list": []string{"", ""}, "no texts": []any{nil, 0, false, map[string]any{}}, "object": map[string]any{"": ""},
	} {
		p := newIDP(t)
		p.claims["groups"] = groups
		s := newSite(t, p)
		s.browser(t).signIn()
		if u := s.user(); len(u.Groups) != 0 {
			t.Errorf("%s: groups %q, want none", name, u.Groups)
		}
	}
}

// GHSA-652x-m2gr-hppm (CVE-2021-21411): a restriction to groups that silently stopped restricting.
func TestUserWithUnknownGroupsIsRefused(t *testing.T) {
	for name, claims := range map[string]map[string]any{
		"elsewhere": {
			"groups": nil, "_claim_names": map[string]any{"groups": "src1"},
			"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/groups"}},
		},
		"too many":          {"groups": nil, "hasgroups": true},
		"too many, as text": {"groups": nil, "hasgroups": "true"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = claims
			b := newSite(t, p).browser(t)
			wantRefused(b, b.open(b.toCallback("/page")), http.StatusForbidden)
		})
	}
}

// GHSA-7x63-xv5r-3p2x (CVE-2026-40575, X-Forwarded-Uri), GHSA-5hvv-m4w4-gf6v (CVE-2026-34457, user
// agents of health checks), GHSA-7rh7-c77v-6434 (CVE-2025-54576, patterns that match queries) and
// GHSA-pxq7-h93f-9jrg (CVE-2026-41059, fragments): nothing that a request says about itself opens a page.
func TestNothingButASessionOpensAPage(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	for name, value := range map[string]string{
		"X-Forwarded-Uri": "/auth/login", "X-Original-URL": "/auth/login", "X-Rewrite-URL": "/auth/login",
		"User-Agent": "GoogleHC/1.0", "X-Forwarded-User": "alice", "X_Forwarded_User": "alice", "Remote-User": "alice",
		"Authorization": "Bearer x", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-HTTP-Method-Override": "OPTIONS",
	} {
		r := b.request(http.MethodGet, "/page?/auth/login#/auth/login", nil)
		r.Header.Set(name, value)
		if a := b.do(r); a.status != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", name, a.status)
		}
		r = navigation(b.request(http.MethodGet, "/page", nil))
		r.Header.Set(name, value)
		if a := b.do(r); a.location != "/auth/login?next=%2Fpage" {
			t.Errorf("%s: sent to %q", name, a.location)
		}
	}
}

// A private account with a company's address is not one of the company's.
func TestLoginWithoutARequiredClaimIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		claims map[string]any
		want   int
	}{
		"as required":     {map[string]any{"hd": "example.com"}, http.StatusSeeOther},
		"another value":   {map[string]any{"hd": "example.org"}, http.StatusForbidden},
		"a list of it":    {map[string]any{"hd": []string{"example.com"}}, http.StatusForbidden},
		"no such claim":   {map[string]any{"email": "alice@example.com", "email_verified": true}, http.StatusForbidden},
		"in another case": {map[string]any{"HD": "example.com"}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = tt.claims
			b := newSite(t, p, func(c *oidclogin.Config) {
				c.RequireClaims = map[string]string{"hd": "example.com"}
			}).browser(t)
			if a := b.open(b.toCallback("/page")); a.status != tt.want {
				t.Errorf("status %d, want %d", a.status, tt.want)
			}
		})
	}
}

func TestLoginThatIsNotAsStrongAsAskedForIsRefused(t *testing.T) {
	now := newClock().Now().Unix()
	for name, tt := range map[string]struct {
		claims map[string]any
		want   int
	}{
		"recent and strong": {map[string]any{"auth_time": now - 60, "acr": "mfa"}, http.StatusSeeOther},
		"too long ago":      {map[string]any{"auth_time": now - 400, "acr": "mfa"}, http.StatusForbidden},
		"no auth_time":      {map[string]any{"acr": "mfa"}, http.StatusForbidden},
		"weak":              {map[string]any{"auth_time": now, "acr": "pwd"}, http.StatusForbidden},
		"no acr":            {map[string]any{"auth_time": now}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = tt.claims
			b := newSite(t, p, func(c *oidclogin.Config) {
				c.MaxAge, c.ACRValues = 5*time.Minute, []string{"mfa"}
			}).browser(t)
			if a := b.open(b.toCallback("/page")); a.status != tt.want {
				t.Errorf("status %d, want %d", a.status, tt.want)
			}
		})
	}
}
