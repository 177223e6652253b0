package oidclogin_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// orders are the ways in which restored tabs come back from the provider.
var orders = map[string]func(i, n int) int{
	"first to last": func(i, _ int) int { return i },
	"last to first": func(i, n int) int { return n - 1 - i },
	"mixed":         func(i, n int) int { return (i*11 + 3) % n },
}

// wantBack fails unless the answer leads back to there.
func wantBack(t *testing.T, s *site, a answer, back string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.location != back {
		t.Errorf("status %d to %q, body %q; want to go on to %q; log:\n%s", a.status, a.location, a.body, back, s.log)
	}
}

// restore begins a login in so many tabs, a second after each other, and returns their callbacks.
func restore(b *browser, p *idp, tabs int) (pages, callbacks []string) {
	b.t.Helper()
	for i := range tabs {
		pages = append(pages, fmt.Sprintf("/pme/view/SxQL3iGyo%02d?tab=%d", i, i))
		callbacks = append(callbacks, b.toCallback(pages[i]))
		p.clock.pass(time.Second)
	}
	return pages, callbacks
}

func TestRestoredTabsComeBackToTheirPages(t *testing.T) {
	for _, tabs := range []int{1, 12, 14, 16, 18, 40} { // 16 have room
		for order, of := range orders {
			t.Run(fmt.Sprint(tabs, " ", order), func(t *testing.T) {
				p := newIDP(t)
				s := newSite(t, p)
				b := s.browser(t)
				pages, callbacks := restore(b, p, tabs)
				signedIn := false
				for n := range tabs {
					i := of(n, tabs)
					a := b.open(callbacks[i])
					if i < tabs-16 && !signedIn { // it has made room
						wantRefusedTo(t, a, pages[i])
						continue
					}
					signedIn = true
					wantBack(t, s, a, pages[i])
				}
				b.wantSignedIn()
				if n := len(b.cookies()); n != 1 {
					t.Errorf("%d cookies are left, want the session's", n)
				}
				if redeemed := p.called("/token"); redeemed > 16 {
					t.Errorf("%d codes were redeemed, want 16 at most", redeemed)
				}
			})
		}
	}
}

// wantRefusedTo fails unless the answer is a page that leads to a login with that return path.
func wantRefusedTo(t *testing.T, a answer, back string) {
	t.Helper()
	link := `href="/auth/login?next=` + url.QueryEscape(back) + `"`
	if a.status != http.StatusBadRequest && a.status != http.StatusForbidden || !strings.Contains(a.body, link) {
		t.Errorf("status %d, body %s; want a refusal with %s", a.status, a.body, link)
	}
}

// A browser that restores tabs asks for all of them before it gets the first cookie.
func TestTabsThatBeganAtOnceLeaveRoomForOtherCookies(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	var callbacks []string
	for i := range 30 {
		fresh := s.browser(t)
		callbacks = append(callbacks, fresh.toCallback(fmt.Sprint("/page?tab=", i)))
		fresh.copyTo(b)
	}
	wantBack(t, s, b.open(callbacks[0]), "/page?tab=0")
	if n := len(b.cookies()); n != 17 {
		t.Errorf("%d cookies, want the session's and 16 attempts", n)
	}
	for i, callback := range callbacks[1:] {
		wantBack(t, s, b.open(callback), fmt.Sprint("/page?tab=", i+1))
	}
}

func TestCallbackOfNoAttemptUsesTheSessionAsItIs(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(t *testing.T, p *idp, callback string) string
		back   string
	}{
		"reload":                 {nil, "/page?n=1"},
		"after eleven minutes":   {func(_ *testing.T, p *idp, c string) string { p.clock.pass(11 * time.Minute); return c }, "/page?n=1"},
		"no state":               {withoutState, "/"},
		"state of no login":      {withState("x"), "/"},
		"state that is cut off":  {func(_ *testing.T, _ *idp, c string) string { return c[:len(c)-5] }, "/"},
		"state with a path":      {withState("x./page"), "/"},
		"state with an address":  {withState("//evil.example"), "/"},
		"error of the provider":  {func(_ *testing.T, _ *idp, c string) string { return c + "&error=access_denied" }, "/page?n=1"},
		"another provider's":     {func(_ *testing.T, _ *idp, c string) string { return c + "&iss=https://evil.example" }, "/page?n=1"},
		"query that is not read": {func(_ *testing.T, _ *idp, c string) string { return c + "&%" }, "/"},
		"nothing at all":         {func(*testing.T, *idp, string) string { return "/auth/callback" }, "/"},
		"very long":              {withState(strings.Repeat("x", 5000)), "/"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			s := newSite(t, p)
			b := s.browser(t)
			callback := b.toCallback("/page?n=1")
			wantBack(t, s, b.open(callback), "/page?n=1")
			session, redeemed := b.sessionCookie().Value, p.called("/token")
			if tt.change != nil {
				callback = tt.change(t, p, callback)
			}
			a := b.open(callback)
			wantBack(t, s, a, tt.back)
			if len(a.cookies) != 0 || b.sessionCookie().Value != session || p.called("/token") != redeemed || len(s.signedOut()) != 0 {
				t.Errorf("cookies %v, %d codes redeemed, signed out %v; want nothing changed", a.cookies, p.called("/token")-redeemed, s.signedOut())
			}
			b.wantSignedIn()
		})
	}
}

func withoutState(t *testing.T, _ *idp, callback string) string {
	return withQuery(t, callback, func(q url.Values) { q.Del("state") })
}

func withState(state string) func(*testing.T, *idp, string) string {
	return func(t *testing.T, _ *idp, callback string) string {
		return withQuery(t, callback, func(q url.Values) { q.Set("state", state) })
	}
}

// A session that is over is none, whatever the reason.
func TestCallbackOfNoAttemptNeedsAGoodSession(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, p *idp, s *site, b *browser){
		"none": func(t *testing.T, _ *idp, s *site, b *browser) { *b = *s.browser(t) },
		"idle": func(_ *testing.T, p *idp, _ *site, _ *browser) { p.clock.pass(2 * time.Hour) },
		"ended": func(t *testing.T, p *idp, s *site, _ *browser) {
			_ = s.login.EndSessions(t.Context(), p.URL+"#"+subject)
		},
		"forged": func(_ *testing.T, _ *idp, _ *site, b *browser) { b.setSession("x") },
		"signedout": func(_ *testing.T, _ *idp, _ *site, b *browser) {
			c := b.sessionCookie().Value
			b.logout()
			b.setSession(c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			s := newSite(t, p)
			b := s.browser(t)
			callback := b.toCallback("/page?n=1&m=2")
			wantBack(t, s, b.open(callback), "/page?n=1&m=2")
			end(t, p, s, b)
			wantRefusedTo(t, b.open(callback), "/page?n=1&m=2")
			b.wantSignedOut()
		})
	}
}

func (b *browser) setSession(value string) {
	u, _ := url.Parse(b.site.URL)
	b.Jar.SetCookies(u, []*http.Cookie{{Name: "pme-session", Value: value, Path: "/"}})
}

func TestCallbackOfNoAttemptWaitsForTheStore(t *testing.T) {
	p := newIDP(t)
	broken := &brokenStore{Store: oidclogin.NewMemoryStore()}
	s := newSite(t, p, func(c *oidclogin.Config) { c.Store = broken })
	b := s.browser(t)
	callback := b.toCallback("/page")
	wantBack(t, s, b.open(callback), "/page")
	broken.broken.Store(true)
	if a := b.open(callback); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("status %d, want 503", a.status)
	}
	broken.broken.Store(false)
	wantBack(t, s, b.open(callback), "/page")
}

func TestRefusedLoginLeadsToOneForTheSamePage(t *testing.T) {
	for _, back := range []string{"/page", "/page?a=1&b=%2F#c", "/page?long=" + strings.Repeat("x", 900)} {
		for name, fault := range map[string]func(p *idp){
			"refused by the provider": func(p *idp) { p.response = url.Values{"error": {"access_denied"}} },
			"another's answer":        func(p *idp) { p.response = url.Values{"iss": {"https://evil.example"}} },
			"no ID token":             func(p *idp) { p.answer["id_token"] = nil },
			"wrong nonce":             func(p *idp) { p.claims["nonce"] = "x" },
		} {
			p := newIDP(t)
			s := newSite(t, p)
			b := s.browser(t)
			fault(p)
			a := b.open(b.toCallback(back))
			if wantRefusedTo(t, a, back); t.Failed() {
				t.Fatal(name, back)
			}
		}
	}
}

// Sixteen logins fit beside the largest session into a Cookie header of 8 KiB, however long the pages' addresses.
func TestLoginsInProgressLeaveRoomInTheCookieHeader(t *testing.T) {
	attempts, bytes := oidclogin.Limits()
	if attempts < 12 || bytes+3800+100 > 8<<10-1000 {
		t.Errorf("%d logins of %d bytes: less than 1,000 are left for others", attempts, bytes)
	}
	for _, length := range []int{1, 20, 100, 512, 1024, 2048} {
		p := newIDP(t)
		s := newSite(t, p)
		b := s.browser(t)
		back := "/" + strings.Repeat("x", length-1)
		longest := 0
		for range 20 {
			login := b.open("/auth/login?next=" + url.QueryEscape(back))
			p.clock.pass(time.Second)
			for _, c := range login.cookies {
				if n := len(c.Raw) + 2*len("__Host-"); n > 4096 {
					t.Errorf("a cookie of %d bytes, more than browsers keep", n)
				}
			}
			longest = max(longest, len(login.location))
		}
		size, count := 0, 0
		for _, c := range b.cookies() {
			count++
			size += len("__Host-") + len(c.Name) + len("=") + len(c.Value) + len("; ")
		}
		t.Logf("return path of %d bytes: %d logins in %d bytes of cookies, %d bytes of address at the provider", length, count, size, longest)
		if size > bytes || count != attempts || longest > 3600 {
			t.Errorf("return path of %d bytes: %d logins in %d bytes, address of %d", length, count, size, longest)
		}
	}
}

func TestReturnPathIsCarriedUpToItsLimit(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	for length, kept := range map[int]bool{1: true, 2: true, 1025: true, 2048: true, 2049: false, 3000: false} {
		back := "/" + strings.Repeat("x", length-1)
		want := back
		if !kept {
			want = "/"
		}
		b := s.browser(t)
		if a := b.open(b.toCallback(back)); a.status != http.StatusSeeOther || a.location != want {
			t.Errorf("%d bytes: status %d to a path of %d bytes, want %d", length, a.status, len(a.location), len(want))
		}
	}
}
