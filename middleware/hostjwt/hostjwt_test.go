package hostjwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware/hostjwt"
)

func TestClaimsBecomeTheUser(t *testing.T) {
	began := time.Now().Add(-time.Minute).Truncate(time.Second)
	for name, tt := range map[string]struct {
		claims map[string]any
		change func(*hostjwt.Config)
		want   identity.User
	}{
		"least": {nil, quiet, identity.User{ID: "alice"}},
		"everything": {
			map[string]any{
				"sub": "42", "email": "a@example.com", "email_verified": true, "name": "Döe\n", "groups": []string{"a", "b"}, "sid": "s1", "jti": "j",
				"auth_time": began.Unix(),
			},
			quiet,
			identity.User{
				ID: "42", Email: "a@example.com", EmailVerified: true, Name: "Döe", Groups: []string{"a", "b"}, Session: "s1",
				SignedInAt: began, AuthenticatedAt: began,
			},
		},
		"address that is not verified": {map[string]any{"email": "a@example.com", "email_verified": "true"}, quiet, identity.User{ID: "alice", Email: "a@example.com"}},
		"address that is two":          {map[string]any{"email": "a@b@example.com", "email_verified": true}, quiet, identity.User{ID: "alice"}},
		"other names": {
			map[string]any{"uid": "7", "mail": "a@example.com", "ok": true, "cn": "Alice", "realm": map[string]any{"roles": []string{"x"}}, "session": "s"},
			func(c *hostjwt.Config) {
				c.Claims = hostjwt.Claims{ID: "uid", Email: "mail", EmailVerified: "ok", Name: "cn", Groups: "realm.roles", Session: "session"}
			},
			identity.User{ID: "7", Email: "a@example.com", EmailVerified: true, Name: "Alice", Groups: []string{"x"}, Session: "s"},
		},
		"names in another case": {map[string]any{"SUB": "root", "Groups": []string{"admin"}, "Email_Verified": true}, quiet, identity.User{ID: "alice"}},
		"groups as text":        {map[string]any{"groups": "a,b"}, func(c *hostjwt.Config) { c.GroupsFormat = "comma" }, identity.User{ID: "alice", Groups: []string{"a", "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := *gatetest.User(t, gate(t, tt.change), with(token(tt.claims)))
			if tt.want.SignedInAt.IsZero() {
				if time.Since(got.SignedInAt) > time.Minute {
					t.Errorf("signed in at %v, want that of iat", got.SignedInAt)
				}
				got.SignedInAt = time.Time{}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachAlgorithm(t *testing.T) {
	p384, p521 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	all := map[string]any{
		"HS256": key, "HS384": key, "HS512": key, "RS256": rsaKey(), "RS384": rsaKey(), "RS512": rsaKey(), "PS256": rsaKey(), "PS384": rsaKey(), "PS512": rsaKey(),
		"ES256": ecKey(), "ES384": p384, "ES512": p521, "EdDSA": edKey(),
	}
	tokens := map[string]string{}
	for algorithm, k := range all {
		tokens[algorithm] = sign(`{"alg":"`+algorithm+`"}`, asJSON(claims(nil)), algorithm, k)
	}
	for algorithm, k := range all {
		change := func(c *hostjwt.Config) { c.Algorithm = algorithm }
		if signer, ok := k.(crypto.Signer); ok {
			change = asymmetric(algorithm, signer.Public())
		}
		g := gate(t, quiet, change)
		for other, text := range tokens {
			if other == algorithm {
				wantSignedIn(t, g, with(text), "alice")
			} else {
				wantRejected(t, g, with(text), http.StatusUnauthorized, "invalid_token")
			}
		}
	}
}

func TestRequestWithoutATokenIsUnauthenticated(t *testing.T) {
	good := token(nil)
	cookie := gate(t)
	for _, r := range []*http.Request{request(), request("jwt="), request("jwt"), request("JWT=" + good), request("xjwt=" + good), request(`jwt=""`), bearing("Authorization", "Bearer "+good)} {
		wantUnauthenticated(t, cookie, r)
	}
	header := gate(t, inHeader("x-session-token"))
	for _, r := range []*http.Request{request(), with(good), bearing("X-Session-Token", ""), bearing("Authorization", "Bearer "+good)} {
		wantUnauthenticated(t, header, r)
	}
	scheme := gate(t, inHeader("Authorization"))
	for _, r := range []*http.Request{request(), with(good), bearing("Authorization", "Basic YTpi"), bearing("Authorization", good)} {
		wantUnauthenticated(t, scheme, r)
	}
	if w, _ := visit(scheme, request()); w.Header().Get("WWW-Authenticate") != `Bearer realm="pme"` {
		t.Errorf("challenge %q", w.Header().Get("WWW-Authenticate"))
	}
	if w, _ := visit(cookie, request()); w.Header().Get("WWW-Authenticate") != "" {
		t.Errorf("challenge %q for a cookie", w.Header().Get("WWW-Authenticate"))
	}
}

func bearing(name, value string) *http.Request {
	r := request()
	r.Header.Set(name, value)
	return r
}

func TestTokenIsWhereTheConfigurationSays(t *testing.T) {
	good := token(nil)
	wantSignedIn(t, gate(t), with(good), "alice")
	wantSignedIn(t, gate(t), request(`a=b; jwt="`+good+`"; c=d`), "alice")
	wantSignedIn(t, gate(t), request("a=b", "jwt="+good), "alice")
	wantSignedIn(t, gate(t, inHeader("x-session-token")), bearing("X-Session-Token", good), "alice")
	wantSignedIn(t, gate(t, inHeader("authorization")), bearing("Authorization", "bearer  "+good), "alice")
}

func TestExpiredTokenInACookieLeadsToTheLogin(t *testing.T) {
	var log logtest.Buffer
	g := gate(t, logged(&log), func(c *hostjwt.Config) { c.LoginURL = "/login" })
	old := token(map[string]any{"exp": time.Now().Add(-time.Minute).Unix()})
	wantRejected(t, g, with(old), http.StatusUnauthorized, "login_required")
	if w, _ := visit(g, navigation(with(old))); w.Code != http.StatusFound {
		t.Errorf("status %d for a page, want 302", w.Code)
	}
	if !strings.Contains(log.String(), "the token has expired") {
		t.Errorf("log: %s", &log)
	}
	forged := sign(plainHeader, asJSON(claims(map[string]any{"exp": 1})), "HS256", otherKey)
	w, _ := visit(g, navigation(with(forged))) // is not known to have expired
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "/login") {
		t.Errorf("status %d for a page, want 401 and the way to the login: %s", w.Code, w.Body)
	}
}

func TestExpiredTokenInAHeaderIsAnError(t *testing.T) {
	old := token(map[string]any{"exp": time.Now().Add(-time.Minute).Unix()})
	g := gate(t, quiet, inHeader("Authorization"))
	wantRejected(t, g, bearing("Authorization", "Bearer "+old), http.StatusUnauthorized, "invalid_token")
	w, _ := visit(g, bearing("Authorization", "Bearer "+old))
	if got := w.Header().Get("WWW-Authenticate"); !strings.Contains(got, `error="invalid_token"`) {
		t.Errorf("challenge %q", got)
	}
	g = gate(t, quiet, inHeader("X-Session-Token"))
	wantRejected(t, g, bearing("X-Session-Token", old), http.StatusUnauthorized, "invalid_token")
	w, _ = visit(g, bearing("X-Session-Token", old))
	if got := w.Header().Get("WWW-Authenticate"); got != "" {
		t.Errorf("challenge %q, which is about another header", got)
	}
}

func TestTimesHaveALeeway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
		g := gate(t, quiet, func(c *hostjwt.Config) { c.Remember = -1 })
		none := gate(t, quiet, func(c *hostjwt.Config) { c.Remember, c.Leeway = -1, -1 })
		for _, tt := range []struct {
			claims     map[string]any
			good, none bool // with 10 seconds, and without leeway
		}{
			{map[string]any{"exp": at(1)}, true, true},
			{map[string]any{"exp": at(time.Second)}, true, true},
			{map[string]any{"exp": at(0)}, true, false},
			{map[string]any{"exp": at(-9 * time.Second)}, true, false},
			{map[string]any{"exp": at(-10 * time.Second)}, false, false},
			{map[string]any{"nbf": at(10 * time.Second)}, true, false},
			{map[string]any{"nbf": at(11 * time.Second)}, false, false},
			{map[string]any{"iat": at(10 * time.Second)}, true, false},
			{map[string]any{"iat": at(11 * time.Second)}, false, false},
		} {
			if _, user := visit(g, with(token(tt.claims))); (user != "") != tt.good {
				t.Errorf("%v: let through %q", tt.claims, user)
			}
			if tt.claims["exp"] == at(1) {
				continue // is the present second
			}
			if _, user := visit(none, with(token(tt.claims))); (user != "") != tt.none {
				t.Errorf("%v, without leeway: let through %q", tt.claims, user)
			}
		}
	})
}

func TestTokenThatLivesTooLongIsRefused(t *testing.T) {
	g := gate(t, quiet, func(c *hostjwt.Config) { c.MaxLifetime = time.Hour })
	wantSignedIn(t, g, with(token(nil)), "alice")
	wantRejected(t, g, with(token(map[string]any{"exp": time.Now().Add(61 * time.Minute).Unix()})), http.StatusUnauthorized, "invalid_token")
}

func TestIssuerAndAudience(t *testing.T) {
	strict := gate(t, quiet, func(c *hostjwt.Config) { c.Issuer, c.Audience = "host", "pme" })
	loose := gate(t, quiet)
	for _, tt := range []struct {
		claims        map[string]any
		strict, loose bool
	}{
		{map[string]any{}, false, true},
		{map[string]any{"iss": "host", "aud": "pme"}, true, false},
		{map[string]any{"iss": "host", "aud": []string{"a", "pme"}}, true, false},
		{map[string]any{"iss": "host"}, false, true},
		{map[string]any{"iss": "other", "aud": "pme"}, false, false},
		{map[string]any{"iss": "Host", "aud": "pme"}, false, false},
		{map[string]any{"iss": []string{"host"}, "aud": "pme"}, false, false},
		{map[string]any{"iss": "host", "aud": "pmes"}, false, false},
		{map[string]any{"iss": "host", "aud": []any{}}, false, false},
		{map[string]any{"iss": "host", "aud": map[string]any{"pme": true}}, false, false},
		{map[string]any{"iss": "host", "aud": []any{[]any{"pme"}}}, false, false},
	} {
		if _, user := visit(strict, with(token(tt.claims))); (user != "") != tt.strict {
			t.Errorf("%v: let through %q", tt.claims, user)
		}
		if _, user := visit(loose, with(token(tt.claims))); (user != "") != tt.loose {
			t.Errorf("%v, without Issuer and Audience: let through %q", tt.claims, user)
		}
	}
}
