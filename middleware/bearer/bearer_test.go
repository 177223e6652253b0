package bearer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware/bearer"
)

func TestTokenOfEachAlgorithmIsAccepted(t *testing.T) {
	p := newProvider()
	p.keys = append(p.keys, jwk("two", ecKey().Public()), jwk("three", edKey().Public()))
	g := p.bearer(t)
	for _, tt := range []struct {
		alg, kid string
		key      any
	}{
		{"RS256", "one", rsaKey()}, {"ES256", "two", ecKey()}, {"EdDSA", "three", edKey()}, {"RS256", "", rsaKey()},
	} {
		header := map[string]any{"alg": tt.alg}
		if tt.kid != "" {
			header["kid"] = tt.kid
		}
		token := sign(header, asJSON(aliceClaims(map[string]any{"aud": []string{"other", audience}})), tt.key)
		wantSignedIn(t, g, withToken(token), aliceID)
	}
	if got := p.fetches.Load(); got != 1 {
		t.Errorf("the keys were fetched %d times, want once", got)
	}
}

func TestClaimsBecomeThePerson(t *testing.T) {
	p := newProvider()
	for _, tt := range []struct {
		name   string
		path   string
		claims map[string]any
		want   identity.User
	}{
		{"everything", "", map[string]any{
			"name": "Alice Doe", "email": "alice@example.com", "email_verified": true, "sid": "s1", "groups": []string{"a", "", "b"},
		}, identity.User{
			Name: "Alice Doe", Email: "alice@example.com", EmailVerified: true, Session: "s1", Groups: []string{"a", "b"},
		}},
		{
			"verified in words", "",
			map[string]any{"email": "alice@example.com", "email_verified": "true"},
			identity.User{Email: "alice@example.com", EmailVerified: true},
		},
		{"unverified", "", map[string]any{"email": "alice@example.com", "email_verified": false}, identity.User{}},
		{"verified by nobody", "", map[string]any{"email": "alice@example.com"}, identity.User{}},
		{"verified under another name", "", map[string]any{
			"email": "alice@example.com", "email_verified": false, "Email_Verified": true, "EMAIL_VERIFIED": true,
		}, identity.User{}},
		{"authenticated", "", map[string]any{"auth_time": 1_700_000_000}, identity.User{AuthenticatedAt: time.Unix(1_700_000_000, 0)}},
		{"authenticated in words", "", map[string]any{"auth_time": "1700000000"}, identity.User{}},
		{"one group", "", map[string]any{"groups": "staff"}, identity.User{Groups: []string{"staff"}}},
		{"empty group", "", map[string]any{"groups": ""}, identity.User{}},
		{"nested", "realm_access.roles", map[string]any{
			"realm_access": map[string]any{"roles": []string{"viewer"}}, "groups": []string{"no"},
		}, identity.User{Groups: []string{"viewer"}}},
		{
			"name with dots", "https://example.com/groups",
			map[string]any{"https://example.com/groups": []string{"a"}},
			identity.User{Groups: []string{"a"}},
		},
		{"path that leads nowhere", "a.b.c", map[string]any{"a": map[string]any{"b": "c"}}, identity.User{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := p.bearer(t, func(c *bearer.Config) { c.GroupsClaim = tt.path })
			tt.want.ID = aliceID
			for range 2 { // from the token, and from memory
				got := *user(t, g, withToken(aliceToken(tt.claims)))
				if len(got.Groups) == 0 {
					got.Groups = nil
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("person (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestGroupsThatAreNotAllThereAreDenied(t *testing.T) {
	g := newProvider().bearer(t)
	source := map[string]any{"src1": map[string]any{"endpoint": "https://graph.example.com/"}}
	for name, claims := range map[string]map[string]any{
		"elsewhere":           {"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": source},
		"elsewhere and here":  {"groups": []string{"a"}, "_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": source},
		"too many for Entra":  {"hasgroups": true},
		"too many, in a text": {"hasgroups": "true"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRejected(t, g, withToken(aliceToken(claims)), http.StatusForbidden, "access_denied")
		})
	}
	wantSignedIn(t, g, withToken(aliceToken(map[string]any{
		"_claim_names": map[string]any{"address": "src1"}, "_claim_sources": source,
	})), aliceID)
	nested := newProvider().bearer(t, func(c *bearer.Config) { c.GroupsClaim = "realm_access.roles" })
	wantRejected(t, nested, withToken(aliceToken(map[string]any{
		"_claim_names": map[string]any{"realm_access": "src1"}, "_claim_sources": source,
	})), http.StatusForbidden, "access_denied")
}

func TestGroupThatIsNotTextIsLeftOut(t *testing.T) {
	for _, groups := range []any{[]any{"a", 1, "b"}, []any{"a", nil, "b"}, []any{[]any{"c"}, "a", true, "b", map[string]any{"d": 1}}, []any{"a", "b", 1e300}} {
		var log logtest.Buffer
		g := newProvider().bearer(t, func(c *bearer.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		u := user(t, g, withToken(aliceToken(map[string]any{"groups": groups})))
		if !slices.Equal(u.Groups, []string{"a", "b"}) || !strings.Contains(fmt.Sprint(&log), "groups left out") {
			t.Errorf("%v: groups %q, log:\n%s", groups, u.Groups, &log)
		}
	}
}

func TestGroupsAreReadInTheFormatThatTheHostNames(t *testing.T) {
	for format, groups := range map[string]any{"json": `["a", "b"]`, "comma": "a, b", "keys": map[string]any{"b": 1, "a": nil}} {
		g := newProvider().bearer(t, func(c *bearer.Config) { c.GroupsFormat = format })
		if u := user(t, g, withToken(aliceToken(map[string]any{"groups": groups}))); !slices.Equal(u.Groups, []string{"a", "b"}) {
			t.Errorf("%s: groups %q", format, u.Groups)
		}
	}
	_, err := bearer.New(bearer.Config{Issuer: issuerURL, Audience: "spa", GroupsFormat: "xml"})
	if err == nil || !strings.Contains(err.Error(), "GroupsFormat") {
		t.Errorf("error %v", err)
	}
}

func TestGroupsThatAreNotNamesAreRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, groups := range []any{map[string]any{"a": true}, 7, true} {
		wantInvalid(t, g, aliceToken(map[string]any{"groups": groups}))
	}
}

func TestRefusalsAreThoseOfRFC6750(t *testing.T) {
	g := newProvider().bearer(t, func(c *bearer.Config) {
		c.Realm = "intranet"
		c.Scopes = []string{"openid", "models"}
		c.LoginURL = "/sign-in"
	})
	const realm = `Bearer realm="intranet"`
	for _, tt := range []struct {
		name      string
		request   *http.Request
		status    int
		code      string
		challenge string
	}{
		{"no token", request(), 401, "login_required", realm},
		{"other scheme", authorized("Basic YTpi"), 401, "login_required", realm},
		{"no JWT", withToken("abc"), 401, "invalid_token", realm + `, error="invalid_token", error_description="The token is not valid here."`},
		{
			"expired", withToken(aliceToken(map[string]any{"exp": 1})), 401, "invalid_token",
			realm + `, error="invalid_token", error_description="The token has expired."`,
		},
		{
			"malformed", authorized("Bearer"), 400, "invalid_request",
			realm + `, error="invalid_request", error_description="The request must carry one token, in its Authorization header."`,
		},
		{
			"scope", withToken(aliceToken(map[string]any{"scope": "openid"})), 403, "insufficient_scope",
			realm + `, error="insufficient_scope", error_description="The token lacks a scope.", scope="openid models"`,
		},
		{"groups left out", withToken(aliceToken(map[string]any{"scope": "openid models", "hasgroups": true})), 403, "access_denied", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, user := visit(g, tt.request)
			object := errorObject(t, w)
			if user != "" || w.Code != tt.status || object["error"] != tt.code {
				t.Errorf("let through %q with %d %q, want %d %q", user, w.Code, object["error"], tt.status, tt.code)
			}
			if got := w.Header().Get("WWW-Authenticate"); got != tt.challenge {
				t.Errorf("WWW-Authenticate %q, want %q", got, tt.challenge)
			}
			if got := object["login_url"]; (got == "/sign-in") != (tt.status == 401) {
				t.Errorf("login_url %q with status %d", got, tt.status)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q, want no-store", got)
			}
		})
	}
}

func authorized(value ...string) *http.Request {
	r := request()
	r.Header["Authorization"] = value
	return r
}

func TestUnauthenticatedIsRedirectedOnlyIfThereIsALoginPage(t *testing.T) {
	w, _ := visit(newProvider().bearer(t), navigation(request()))
	if body := w.Body.String(); w.Code != http.StatusUnauthorized || !strings.Contains(body, "<h1>Please sign in.</h1>") || strings.Contains(body, "<a ") {
		t.Errorf("without a login page: %d %s, want a page without a link", w.Code, body)
	}
	g := newProvider().bearer(t, func(c *bearer.Config) { c.LoginURL = "/sign-in" })
	if w, _ := visit(g, navigation(request())); w.Code != http.StatusFound || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in?") {
		t.Errorf("with a login page: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestScopesMayBeATextOrAnArray(t *testing.T) {
	g := newProvider().bearer(t, func(c *bearer.Config) { c.Scopes = []string{"models", "openid"} })
	for _, claims := range []map[string]any{
		{"scope": "openid  models email"},
		{"scope": []string{"models", "openid"}},
		{"scp": "openid models"},
		{"scp": []string{"openid", "models"}},
		{"scp": "openid", "scope": "models"},
	} {
		wantSignedIn(t, g, withToken(aliceToken(claims)), aliceID)
	}
	for _, scope := range []any{"openid modelsx", "openid,models", []any{1, "openid"}, 1, map[string]any{"models": true, "openid": true}} {
		wantRejected(t, g, withToken(aliceToken(map[string]any{"scope": scope})), http.StatusForbidden, "insufficient_scope")
	}
}

func TestClientsAreThoseThatTheTokenNames(t *testing.T) {
	g := newProvider().bearer(t, func(c *bearer.Config) { c.Clients = []string{"web", "app"} })
	for _, claims := range []map[string]any{{"azp": "web"}, {"client_id": "app"}, {"azp": "web", "client_id": "web"}} {
		wantSignedIn(t, g, withToken(aliceToken(claims)), aliceID)
	}
	for _, claims := range []map[string]any{
		{},
		{"azp": ""},
		{"azp": "evil"},
		{"client_id": "evil"},
		{"azp": "web", "client_id": "evil"},
		{"azp": "web", "client_id": "app"},
		{"azp": []string{"web"}},
	} {
		wantInvalid(t, g, aliceToken(claims))
	}
}

func TestLeewayIsSmallAndConfigurable(t *testing.T) {
	for _, tt := range []struct {
		leeway  time.Duration
		allowed time.Duration
	}{{0, 10 * time.Second}, {-1, 0}, {time.Minute, time.Minute}} {
		synctest.Test(t, func(t *testing.T) {
			now := time.Now()
			g, _ := counting(t, func(c *bearer.Config) { c.Leeway = tt.leeway })
			at := func(claim string, d time.Duration) string {
				return aliceToken(map[string]any{claim: now.Add(d).Unix()})
			}
			wantSignedIn(t, g, withToken(at("exp", -tt.allowed)), aliceID)
			wantInvalid(t, g, at("exp", -tt.allowed-time.Second))
			for _, claim := range []string{"nbf", "iat"} {
				wantSignedIn(t, g, withToken(at(claim, tt.allowed)), aliceID)
				wantInvalid(t, g, at(claim, tt.allowed+time.Second))
			}
		})
	}
}

func TestUnavailableKeysAreAnError(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		status int
	}{
		"network":  {&timeout{}, http.StatusServiceUnavailable},
		"canceled": {context.Canceled, http.StatusServiceUnavailable},
		"verdict":  {errors.New("no key fits"), http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			g := newProvider().bearer(t, func(c *bearer.Config) { c.KeySet = failingKeys{tt.err} })
			if w, user := visit(g, withToken(aliceToken(nil))); user != "" || w.Code != tt.status {
				t.Errorf("let through %q with status %d, want %d", user, w.Code, tt.status)
			}
		})
	}
}

type failingKeys struct{ err error }

func (k failingKeys) VerifySignature(context.Context, string) ([]byte, error) { return nil, k.err }

type timeout struct{}

func (*timeout) Error() string   { return "timeout" }
func (*timeout) Timeout() bool   { return true }
func (*timeout) Temporary() bool { return true }

func TestUnusableBearerConfigurationIsAllReported(t *testing.T) {
	_, err := bearer.New(bearer.Config{
		Issuer: "http://id.example.com", Algorithms: []string{"HS256", "none"}, Scopes: []string{`a"b`}, Clients: []string{""},
		Leeway: time.Hour, Realm: "a\\b", LoginURL: "//evil.example",
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"Issuer", "Audience", `"HS256"`, `"none"`, "scope", "Clients", "Leeway", "Realm", "LoginURL"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	for _, issuer := range []string{"", "id.example.com", "https://", "https://id.example.com?a", "https://u:p@id.example.com", "http://192.0.2.1", "https://id.example.com#a"} {
		if _, err := bearer.New(bearer.Config{Issuer: issuer, Audience: "a"}); err == nil {
			t.Errorf("issuer %q: no error", issuer)
		}
	}
	for _, issuer := range []string{"https://id.example.com", "http://127.0.0.1:8080", "http://[::1]:8080/x/", "http://localhost"} {
		if _, err := bearer.New(bearer.Config{Issuer: issuer, Audience: "a"}); err != nil {
			t.Errorf("issuer %q: %v", issuer, err)
		}
	}
}

func TestNoPartOfATokenIsLogged(t *testing.T) {
	var log logtest.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p := newProvider()
	g := p.bearer(t, func(c *bearer.Config) { c.Logger = logger; c.Scopes = []string{"models"} })
	const secret = "TOPSECRET"
	hidden := map[string]any{"secret": secret, "jti": secret}
	good := aliceToken(hidden)
	tokens := []string{
		good, good[:len(good)-5], aliceToken(map[string]any{"exp": 1, "jti": secret}), aliceToken(map[string]any{"aud": "x", "jti": secret}),
		sign(map[string]any{"alg": secret}, asJSON(aliceClaims(hidden)), rsaKey()), "ey" + secret + "..", secret, secret + "%",
		sign(map[string]any{"alg": "RS256", "typ": "logout+jwt"}, asJSON(aliceClaims(hidden)), rsaKey()),
	}
	records := 0
	for _, token := range tokens {
		if w, user := visit(g, withToken(token)); user != "" || strings.Contains(w.Body.String(), secret) {
			t.Errorf("let through %q, or the token is in the answer %q", user, w.Body)
		}
		records++
	}
	p.set(func(p *provider) { p.broken = errNetwork })
	down := p.bearer(t, func(c *bearer.Config) { c.Logger = logger })
	visit(down, withToken(good))
	records += 2 // the fetch, and the doubt
	got := log.String()
	if n := strings.Count(got, "\n"); n != records {
		t.Errorf("%d records, want one for each of %d refusals:\n%s", n, records, got)
	}
	for _, part := range append(strings.Split(good, "."), secret) {
		if strings.Contains(got, part) {
			t.Errorf("the log has the part %q of a token", part)
		}
	}
}

func TestRefusedTokenIsAPageForAPersonAndJSONForAScript(t *testing.T) {
	g := newProvider().bearer(t)
	inQuery := request()
	inQuery.URL.RawQuery = "access_token=x"
	for _, tc := range []struct {
		r      *http.Request
		status int
		code   string
		text   string
	}{
		{authorized("Bearer a", "Bearer b"), http.StatusBadRequest, "invalid_request", "The request must carry one token"},
		{authorized("Bearer"), http.StatusBadRequest, "invalid_request", "The request must carry one token"},
		{inQuery, http.StatusBadRequest, "invalid_request", "The request must carry one token"},
		{authorized("Bearer abc"), http.StatusUnauthorized, "invalid_token", "The token is not valid here."},
		{withToken(aliceToken(map[string]any{"hasgroups": true})), http.StatusForbidden, "access_denied", "You are in more groups than fit into the token"},
	} {
		wantRejected(t, g, tc.r, tc.status, tc.code)
		w, _ := visit(g, navigation(tc.r))
		if body := w.Body.String(); w.Code != tc.status || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(body, tc.text) {
			t.Errorf("%d %v, want %d and a page with %q", w.Code, w.Header(), tc.status, tc.text)
		}
		if tc.status != http.StatusForbidden && w.Header().Get("WWW-Authenticate") == "" {
			t.Error("no challenge")
		}
	}
}
