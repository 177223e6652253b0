package oidclogin_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// A document may say more than this login knows, and say what it can do without in a form of its own.
func TestMemberThatALoginCanDoWithoutCostsOnlyItself(t *testing.T) {
	for name, metadata := range map[string]map[string]any{
		"unknown members":       {"claims_supported": []any{1, nil, map[string]any{}}, "mtls_endpoint_aliases": map[string]any{"token_endpoint": 1}, "": 1},
		"end_session a list":    {"end_session_endpoint": []string{"https://id.example/logout"}},
		"end_session null":      {"end_session_endpoint": nil},
		"end_session no":        {"end_session_endpoint": false},
		"methods as a text":     {"token_endpoint_auth_methods_supported": "client_secret_basic"},
		"methods null":          {"token_endpoint_auth_methods_supported": nil},
		"methods with a number": {"token_endpoint_auth_methods_supported": []any{1, "client_secret_basic", nil}},
		"methods as an object":  {"token_endpoint_auth_methods_supported": map[string]any{"client_secret_basic": true}},
		"iss as a text":         {"authorization_response_iss_parameter_supported": "false"},
		"iss as a number":       {"authorization_response_iss_parameter_supported": 0},
		"iss null":              {"authorization_response_iss_parameter_supported": nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.metadata = metadata
			newSite(t, p).browser(t).signIn()
		})
	}
	p := newIDP(t)
	p.metadata["authorization_response_iss_parameter_supported"] = "true" // so that it must be sent
	b := newSite(t, p).browser(t)
	wantRefused(b, b.open(b.toCallback("/page")), http.StatusBadRequest)
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
			want := http.StatusBadGateway // it lasts until an operator changes something
			if metadata["padding"] != nil {
				want = http.StatusServiceUnavailable
			}
			b := newSite(t, p).browser(t)
			for range 2 { // in the pause after the first attempt, too
				a := b.open("/auth/login")
				wantRefused(b, a, want)
				wantAdvice(t, a, want)
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

func TestClientAuthenticatesAsTheProviderOrTheHostSays(t *testing.T) {
	for name, tt := range map[string]struct {
		methods []string // that the discovery document names
		setting string
		basic   bool
	}{
		"not said":              {nil, "", true},
		"basic or post":         {[]string{"client_secret_post", "client_secret_basic"}, "", true},
		"post only":             {[]string{"client_secret_post"}, "", false},
		"basic or post, post":   {[]string{"client_secret_post", "client_secret_basic"}, "client_secret_post", false},
		"not said, post":        {nil, "client_secret_post", false},
		"post only, but basic":  {[]string{"client_secret_post"}, "client_secret_basic", true},
		"neither, set to basic": {[]string{"private_key_jwt"}, "client_secret_basic", true},
	} {
		p := newIDP(t)
		if tt.methods != nil {
			p.metadata["token_endpoint_auth_methods_supported"] = tt.methods
		}
		b := newSite(t, p, func(c *oidclogin.Config) { c.TokenEndpointAuthMethod = tt.setting }).browser(t)
		b.open(b.toCallback("/page"))
		_, _, basic := p.lastReq.BasicAuth()
		inForm := p.lastReq.Form.Get("client_secret") == clientSecret && p.lastReq.Form.Get("client_id") == clientID
		if basic != tt.basic || inForm == tt.basic || p.lastReq.URL.RawQuery != "" {
			t.Errorf("%s: in the header: %v, in the form: %v", name, basic, inForm)
		}
		if n := p.called("/token"); n != 1 {
			t.Errorf("%s: the code was sent %d times", name, n)
		}
	}
}

// Azure AD B2C has a discovery document for each policy, none of them where the issuer should have it.
func TestDiscoveryDocumentMayBeElsewhereButIsThatOfTheIssuer(t *testing.T) {
	const elsewhere = "/tenant.example/B2C_1_signin/v2.0/.well-known/openid-configuration"
	for name, tt := range map[string]struct {
		issuer string // in the document, in place of the provider's
		want   int
	}{
		"the issuer's":      {"", http.StatusSeeOther},
		"another issuer's":  {"https://evil.example", http.StatusBadGateway},
		"with one slash":    {"/", http.StatusBadGateway},
		"without an issuer": {"null", http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			switch tt.issuer {
			case "":
			case "/":
				p.metadata["issuer"] = p.URL + "/"
			case "null":
				p.metadata["issuer"] = nil
			default:
				p.metadata["issuer"] = tt.issuer
			}
			p.down = func(w http.ResponseWriter, r *http.Request) bool {
				switch r.URL.RequestURI() {
				case elsewhere + "?p=B2C_1_signin":
					p.serveJSON(w, p.discovery())
				case "/.well-known/openid-configuration":
					http.NotFound(w, r)
				default:
					return false
				}
				return true
			}
			s := newSite(t, p, func(c *oidclogin.Config) { c.DiscoveryURL = p.URL + elsewhere + "?p=B2C_1_signin" })
			b := s.browser(t)
			if tt.want != http.StatusSeeOther {
				a := b.open("/auth/login")
				wantRefused(b, a, tt.want)
				wantAdvice(t, a, tt.want)
				return
			}
			b.signIn()
			if u := s.user(); u.ID != p.URL+"#"+subject {
				t.Errorf("user %q, want one of the issuer", u.ID)
			}
			if n := p.called("/.well-known/openid-configuration"); n != 0 {
				t.Errorf("the issuer's own document was asked for %d times", n)
			}
		})
	}
}

func TestWrongIssuerIsNotCalledTemporary(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p, func(c *oidclogin.Config) { c.Issuer = p.URL + "/realms/wrong" })
	a := s.browser(t).open("/auth/login")
	wantAdvice(t, a, http.StatusBadGateway)
	if a.status != http.StatusBadGateway || !strings.Contains(s.log.String(), "check Issuer and DiscoveryURL") {
		t.Errorf("status %d, log:\n%s", a.status, s.log)
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

// Amazon Cognito has parameters of its own.
func TestLogoutSendsTheHostsParameters(t *testing.T) {
	p := newIDP(t)
	p.metadata["end_session_endpoint"] = p.URL + "/logout?tenant=1"
	params := map[string]string{"logout_uri": "https://intranet.example/signed-out?a=b&c", "tenant": "2"}
	s := newSite(t, p, postLogout("/signed-out"), func(c *oidclogin.Config) { c.EndSessionParams = params })
	params["client_id"] = "another"
	b := s.browser(t)
	b.signIn()
	u, err := url.Parse(b.logout().location)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"tenant": {"2"}, "client_id": {clientID}, "logout_uri": {"https://intranet.example/signed-out?a=b&c"}}
	if diff := cmp.Diff(want, u.Query()); diff != "" || u.Path != "/logout" {
		t.Errorf("sent to %q (-want +got):\n%s", u, diff)
	}
}
