package oidclogin_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func postLogout(address string) func(*oidclogin.Config) {
	return func(c *oidclogin.Config) { c.PostLogoutURL = address }
}

func TestProviderThatIsDownRefusesNewLoginsOnly(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p) // nothing is asked yet
	if n := p.called("/.well-known/openid-configuration"); n != 0 {
		t.Errorf("discovery ran %d times before the first login", n)
	}
	p.down = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}
	b := s.browser(t)
	for range 3 {
		a := b.open("/auth/login")
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || len(a.cookies) != 0 {
			t.Errorf("status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
		}
		if a := b.fetch("/auth/login"); !strings.Contains(a.body, `"temporarily_unavailable"`) {
			t.Errorf("body %q", a.body)
		}
	}
	if n := p.called("/.well-known/openid-configuration"); n != 1 {
		t.Errorf("discovery ran %d times at once, want one and then a pause", n)
	}
	p.clock.pass(time.Second)
	b.open("/auth/login")
	p.clock.pass(time.Second)
	b.open("/auth/login") // two seconds by now
	if n := p.called("/.well-known/openid-configuration"); n != 2 {
		t.Errorf("discovery ran %d times, want longer pauses", n)
	}
	p.down = nil
	p.clock.pass(time.Minute)
	b.signIn()
	p.down = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}
	p.clock.pass(90 * time.Minute)
	b.wantSignedIn()
}

func TestOneDiscoveryForAllWhoWait(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.browser(t).toCallback("/page") })
	}
	all.Wait()
	if n := p.called("/.well-known/openid-configuration"); n != 1 {
		t.Errorf("discovery ran %d times, want once", n)
	}
}

func TestProviderThatCannotBeTrustedIsNotUsed(t *testing.T) {
	for name, metadata := range map[string]map[string]any{
		"other issuer":                {"issuer": "https://evil.example"},
		"plain token endpoint":        {"token_endpoint": "http://provider.example/token"},
		"plain keys":                  {"jwks_uri": "http://provider.example/keys"},
		"plain userinfo":              {"userinfo_endpoint": "http://provider.example/userinfo"},
		"plain end of session":        {"end_session_endpoint": "http://provider.example/logout"},
		"no authorization endpoint":   {"authorization_endpoint": ""},
		"no token endpoint":           {"token_endpoint": ""},
		"no keys":                     {"jwks_uri": ""},
		"document of several MiB":     {"padding": strings.Repeat("x", 2<<20)},
		"script as an authorization":  {"authorization_endpoint": "javascript:alert(1)"},
		"credentials in the endpoint": {"token_endpoint": "https://user:password@provider.example/"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.metadata = metadata
			if a := newSite(t, p).browser(t).open("/auth/login"); a.status != http.StatusServiceUnavailable {
				t.Errorf("status %d to %q, want 503", a.status, a.location)
			}
		})
	}
}

func TestKeySetThatIsTooLongIsRefused(t *testing.T) {
	p := newIDP(t)
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/keys" {
			return false
		}
		_, _ = w.Write([]byte(`{"keys":[],"padding":"` + strings.Repeat("x", 2<<20) + `"}`))
		return true
	}
	b := newSite(t, p).browser(t)
	wantRefused(b, b.open(b.toCallback("/page")), http.StatusServiceUnavailable)
	if !strings.Contains(b.site.log.String(), "longer than 1 MiB") {
		t.Errorf("log:\n%s", b.site.log)
	}
}

func TestClientSecretIsNotCarriedAlongByARedirect(t *testing.T) {
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		p, elsewhere := newIDP(t), newIDP(t)
		p.down = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/token" {
				return false
			}
			w.Header().Set("Location", elsewhere.URL+"/token")
			w.WriteHeader(status)
			return true
		}
		b := newSite(t, p).browser(t)
		wantRefused(b, b.open(b.toCallback("/page")), http.StatusServiceUnavailable)
		if n := elsewhere.called("/token"); n != 0 {
			t.Errorf("%d was followed", status)
		}
	}
}

func TestClientAuthenticatesAsTheProviderSays(t *testing.T) {
	for name, tt := range map[string]struct {
		methods any
		basic   bool
	}{
		"not said":      {nil, true},
		"basic or post": {[]string{"client_secret_post", "client_secret_basic"}, true},
		"post only":     {[]string{"client_secret_post"}, false},
	} {
		p := newIDP(t)
		if tt.methods != nil {
			p.metadata["token_endpoint_auth_methods_supported"] = tt.methods
		}
		b := newSite(t, p).browser(t)
		b.open(b.toCallback("/page"))
		_, _, basic := p.lastReq.BasicAuth()
		inForm := p.lastReq.Form.Get("client_secret") != ""
		if basic != tt.basic || inForm == tt.basic {
			t.Errorf("%s: in the header: %v, in the form: %v", name, basic, inForm)
		}
		if n := p.called("/token"); n != 1 {
			t.Errorf("%s: the code was sent %d times", name, n)
		}
	}
}

func TestLogoutGoesOnToTheProvider(t *testing.T) {
	p := newIDP(t)
	p.metadata["end_session_endpoint"] = p.URL + "/logout?tenant=1"
	s := newSite(t, p, keepTokens, postLogout("https://intranet.example/goodbye"))
	b := s.browser(t)
	b.signIn()
	u, err := url.Parse(b.logout().location)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/logout" || q.Get("tenant") != "1" || q.Get("client_id") != clientID ||
		q.Get("post_logout_redirect_uri") != "https://intranet.example/goodbye" || strings.Count(q.Get("id_token_hint"), ".") != 2 {
		t.Errorf("sent to %q", u)
	}
	if a := b.logout(); a.location != "https://intranet.example/goodbye" {
		t.Errorf("without a session, the browser is sent to %q", a.location)
	}

	without := newSite(t, p, postLogout("/goodbye"))
	c := without.browser(t)
	c.signIn()
	u, err = url.Parse(c.logout().location)
	if q := u.Query(); err != nil || u.Path != "/logout" || q.Has("id_token_hint") || q.Has("post_logout_redirect_uri") {
		t.Errorf("sent to %q", u)
	}
}
