package oidclogin_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func TestInvalidIDTokenIsRefused(t *testing.T) {
	now := newClock().Now().Unix()
	for name, claims := range map[string]map[string]any{
		"audience of another client":      {"aud": "another"},
		"no audience":                     {"aud": nil},
		"other issuer":                    {"iss": "https://evil.example"},
		"no issuer":                       {"iss": nil},
		"azp of another client":           {"azp": "another"},
		"azp that is no text":             {"azp": []string{clientID}},
		"several audiences without azp":   {"aud": []string{clientID, "another"}},
		"several audiences, azp another":  {"aud": []string{clientID, "another"}, "azp": "another"},
		"expired":                         {"exp": now - 31, "iat": now - 331},
		"no expiry":                       {"exp": nil},
		"issued in the future":            {"iat": now + 31},
		"never issued":                    {"iat": nil},
		"not yet valid":                   {"nbf": now + 3600},
		"no subject":                      {"sub": nil},
		"subject without end":             {"sub": strings.Repeat("x", 256)},
		"hash of another access token":    {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
		"subject from a source elsewhere": {"_claim_names": map[string]any{"sub": "nowhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = claims
			b := newSite(t, p).browser(t)
			wantRefused(b, b.open(b.toCallback("/page")), http.StatusForbidden)
		})
	}
}

func TestIDTokenWithinTheLeewayIsAccepted(t *testing.T) {
	now := newClock().Now().Unix()
	for name, claims := range map[string]map[string]any{
		"just expired":             {"exp": now - 29},
		"issued in a moment":       {"iat": now + 29},
		"several audiences, azp":   {"aud": []string{clientID, "another"}, "azp": clientID},
		"hash of the access token": {"at_hash": halfHash("an access token")},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = claims
			newSite(t, p).browser(t).signIn()
		})
	}
}

func TestSeveralAudiencesWithoutAZPAreAnOption(t *testing.T) {
	for name, tt := range map[string]struct {
		claims map[string]any
		want   int
	}{
		"without azp":             {map[string]any{"aud": []string{"another", clientID}}, http.StatusSeeOther},
		"azp of this client":      {map[string]any{"aud": []string{"another", clientID}, "azp": clientID}, http.StatusSeeOther},
		"one audience":            {map[string]any{"aud": []string{clientID}}, http.StatusSeeOther},
		"azp of another":          {map[string]any{"aud": []string{"another", clientID}, "azp": "another"}, http.StatusForbidden},
		"empty azp":               {map[string]any{"aud": []string{"another", clientID}, "azp": ""}, http.StatusForbidden},
		"azp that is null":        {map[string]any{"aud": []string{"another", clientID}, "azp": json.RawMessage("null")}, http.StatusForbidden},
		"not this client's":       {map[string]any{"aud": []string{"another", "third"}}, http.StatusForbidden},
		"azp, but not for it too": {map[string]any{"aud": []string{"another", "third"}, "azp": clientID}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = tt.claims
			b := newSite(t, p, func(c *oidclogin.Config) { c.AllowMissingAZP = true }).browser(t)
			if a := b.open(b.toCallback("/page")); a.status != tt.want {
				t.Errorf("status %d, want %d; log:\n%s", a.status, tt.want, b.site.log)
			}
		})
	}
}

func halfHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func TestIDTokenOfAnotherSignatureIsRefused(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	unsigned := func(header, claims string) string { return part(header) + "." + part(claims) + "." }
	withHMAC := func(header, claims, key string) string {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(part(header) + "." + part(claims)))
		return part(header) + "." + part(claims) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	for name, sign := range map[string]func(claims string) string{
		"another key, same key ID":    func(c string) string { return oidctest.SignIDToken(other, "key-1", oidc.ES256, c) },
		"another key, other key ID":   func(c string) string { return oidctest.SignIDToken(other, "key-2", oidc.ES256, c) },
		"another key, no key ID":      func(c string) string { return oidctest.SignIDToken(other, "", oidc.ES256, c) },
		"none":                        func(c string) string { return unsigned(`{"alg":"none"}`, c) },
		"none in other letters":       func(c string) string { return unsigned(`{"alg":"nOnE"}`, c) },
		"no signature":                func(c string) string { return unsigned(`{"alg":"ES256","kid":"key-1"}`, c) },
		"HMAC with the client secret": func(c string) string { return withHMAC(`{"alg":"HS256"}`, c, clientSecret) },
		"HMAC with the client ID":     func(c string) string { return withHMAC(`{"alg":"HS256"}`, c, clientID) },
		"not a token":                 func(string) string { return "ID token" },
		"nothing":                     func(string) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.sign = sign
			b := newSite(t, p).browser(t)
			wantRefused(b, b.open(b.toCallback("/page")), http.StatusForbidden)
		})
	}
}

func TestKeyRotationAtTheProviderKeepsLoginsGoing(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	s.browser(t).signIn()
	callback := s.browser(t)
	address := callback.toCallback("/page")
	old := p.key
	p.rotate(t, "key-2") // a moment after the keys were fetched
	if a := callback.open(address); a.status != http.StatusSeeOther {
		t.Errorf("status %d after a rotation, log:\n%s", a.status, s.log)
	}
	p.sign = func(c string) string { return oidctest.SignIDToken(old, "key-1", oidc.ES256, c) }
	late := s.browser(t)
	p.clock.pass(5 * time.Second)
	wantRefused(late, late.open(late.toCallback("/page")), http.StatusForbidden)
}
