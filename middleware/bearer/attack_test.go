package bearer_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
)

var plainHeader = map[string]any{"alg": "RS256", "kid": "one"}

func TestTokenForAnotherAudienceIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, aud := range []any{"other", "SPA", "spa ", "", nil, []string{}, []string{"other"}, []string{"spa,other"}, []any{"other", ""}, 7} {
		wantInvalid(t, g, aliceToken(map[string]any{"aud": aud}))
	}
}

func TestTokenOfAnotherIssuerIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, iss := range []any{"https://evil.example", issuerURL + "/", "https://id.example.com", strings.ToUpper(issuerURL), "", nil, 7} {
		wantInvalid(t, g, aliceToken(map[string]any{"iss": iss}))
	}
}

func TestTokenWithoutASignatureIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	claims := asJSON(aliceClaims(nil))
	for _, alg := range []any{"none", "None", "NONE", "nOnE", "", nil} {
		header := map[string]any{"alg": alg, "kid": "one"}
		wantInvalid(t, g, sign(header, claims, nil))
		wantInvalid(t, g, sign(header, claims, rsaKey()))
		wantInvalid(t, g, strings.TrimSuffix(sign(header, claims, nil), "."))
	}
	wantInvalid(t, g, sign(plainHeader, claims, nil))
}

// The classic confusion: an HMAC whose key is the public key, which everybody has.
func TestHMACWithThePublicKeyIsRefused(t *testing.T) {
	der := must(x509.MarshalPKIXPublicKey(rsaKey().Public()))
	secrets := [][]byte{
		pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), der,
		x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey), rsaKey().N.Bytes(),
		{},
	}
	remote := newProvider().bearer(t)
	static, _ := counting(t)
	for _, secret := range secrets {
		for _, g := range []*middleware.Gate{remote, static} {
			wantInvalid(t, g, sign(map[string]any{"alg": "HS256", "kid": "one"}, asJSON(aliceClaims(nil)), secret))
		}
	}
	// A provider that publishes a shared secret by mistake does not make it one.
	p := newProvider()
	p.keys = append(p.keys, map[string]any{"kty": "oct", "kid": "shared", "k": encode([]byte("0123456789abcdef0123456789abcdef"))})
	wantInvalid(t, p.bearer(t), sign(map[string]any{"alg": "HS256", "kid": "shared"}, asJSON(aliceClaims(nil)), []byte("0123456789abcdef0123456789abcdef")))
}

func TestAlgorithmThatIsNotConfiguredIsRefused(t *testing.T) {
	p := newProvider()
	p.keys = append(p.keys, jwk("two", ecKey().Public()))
	token := sign(map[string]any{"alg": "ES256", "kid": "two"}, asJSON(aliceClaims(nil)), ecKey())
	wantSignedIn(t, p.bearer(t), withToken(token), aliceID)
	g := p.bearer(t, func(c *bearer.Config) { c.Algorithms = []string{oidc.RS256} })
	wantInvalid(t, g, token)
	wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
}

func TestKeyThatTheTokenBringsAlongIsNotUsed(t *testing.T) {
	g := newProvider().bearer(t)
	wantInvalid(t, g, sign(map[string]any{"alg": "RS256", "kid": "../../dev/null"}, asJSON(aliceClaims(nil)), otherRSA()))
	for _, header := range []map[string]any{
		{"jwk": jwk("one", otherRSA().Public())},
		{"jku": "https://evil.example/keys"},
		{"x5u": "https://evil.example/keys"},
		{"kid": ""},
		{"crit": []string{"exp"}, "exp": 1},
		{},
	} {
		full := map[string]any{"alg": "RS256", "kid": "one"}
		for name, v := range header {
			full[name] = v
		}
		wantInvalid(t, g, sign(full, asJSON(aliceClaims(nil)), otherRSA()))
	}
}

func TestExpiredTokenIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, exp := range []any{time.Now().Add(-time.Minute).Unix(), 0, -1, nil, "tomorrow", 1e300, -1e300, []int{1}, true} {
		wantInvalid(t, g, aliceToken(map[string]any{"exp": exp}))
	}
}

func TestTokenOfTheFutureIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	soon := time.Now().Add(time.Minute).Unix() // go-oidc alone would take five minutes
	for _, claim := range []string{"nbf", "iat"} {
		for _, v := range []any{soon, fmt.Sprint(soon), float64(soon) + 0.5, 1e18} {
			wantInvalid(t, g, aliceToken(map[string]any{claim: v}))
		}
	}
}

func TestTruncatedOrExtendedTokenIsRefused(t *testing.T) {
	g, _ := counting(t)
	token := aliceToken(nil)
	wantSignedIn(t, g, withToken(token), aliceID)
	for i := 1; i < len(token); i++ {
		if _, user := visit(g, withToken(token[:i])); user != "" {
			t.Fatalf("the first %d of %d bytes let %q through", i, len(token), user)
		}
	}
	for _, suffix := range []string{"A", "=", ".", ".e30", "AAAA", "." + token} {
		if _, user := visit(g, withToken(token+suffix)); user != "" {
			t.Errorf("with %q at its end the token let %q through", suffix, user)
		}
	}
}

func TestPartsOfTwoTokensAreRefused(t *testing.T) {
	g, _ := counting(t)
	alice, bob := aliceToken(nil), aliceToken(map[string]any{"sub": "bob", "groups": []string{"admins"}})
	wantSignedIn(t, g, withToken(alice), aliceID)
	wantSignedIn(t, g, withToken(bob), issuerURL+"#bob")
	a, b := strings.Split(alice, "."), strings.Split(bob, ".")
	other := encode([]byte(`{"alg":"ES256","kid":"one"}`))
	for _, mixed := range [][]string{{a[0], a[1], b[2]}, {a[0], b[1], a[2]}, {other, a[1], a[2]}, {a[0], a[1], ""}} {
		wantInvalid(t, g, strings.Join(mixed, "."))
	}
}

func TestTokenOfAnotherKeyIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, header := range []map[string]any{{"alg": "RS256", "kid": "two"}, plainHeader, {"alg": "RS256"}} {
		wantInvalid(t, g, sign(header, asJSON(aliceClaims(nil)), otherRSA()))
	}
	wantInvalid(t, g, sign(map[string]any{"alg": "ES256", "kid": "one"}, asJSON(aliceClaims(nil)), ecKey()))
}

func TestReplayAfterExpiryIsRefused(t *testing.T) {
	for _, remember := range []time.Duration{time.Hour, -1} {
		synctest.Test(t, func(t *testing.T) {
			g, _ := counting(t, func(c *bearer.Config) { c.Remember, c.Leeway = remember, -1 })
			token := aliceToken(map[string]any{"exp": time.Now().Add(time.Minute).Unix()})
			wantSignedIn(t, g, withToken(token), aliceID)
			time.Sleep(time.Minute - 1)
			wantSignedIn(t, g, withToken(token), aliceID)
			time.Sleep(2 * time.Nanosecond)
			wantInvalid(t, g, token)
		})
	}
}

func TestRememberedTokenDiesAtItsOwnExpiryWhateverTheLeeway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, keys := counting(t, func(c *bearer.Config) { c.Remember, c.Leeway = time.Hour, time.Minute })
		token := aliceToken(map[string]any{"exp": time.Now().Add(time.Minute).Unix()})
		wantSignedIn(t, g, withToken(token), aliceID)
		time.Sleep(time.Minute)
		for range 3 { // checked each time now
			wantSignedIn(t, g, withToken(token), aliceID)
		}
		wantChecks(t, keys, 4)
		time.Sleep(time.Minute + time.Second)
		wantInvalid(t, g, token)
	})
}

func TestReplayAfterForgetMeetsTheKeysOfNow(t *testing.T) {
	static := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{rsaKey().Public()}}
	g := newProvider().bearer(t, func(c *bearer.Config) { c.KeySet = static })
	alice, bob := aliceToken(nil), aliceToken(map[string]any{"sub": "bob"})
	wantSignedIn(t, g, withToken(alice), aliceID)
	wantSignedIn(t, g, withToken(bob), issuerURL+"#bob")
	static.PublicKeys = []crypto.PublicKey{otherRSA().Public()}
	wantSignedIn(t, g, withToken(alice), aliceID) // remembered
	g.Invalidate(aliceID)
	wantInvalid(t, g, alice)
	wantSignedIn(t, g, withToken(bob), issuerURL+"#bob")
}

func TestTokenOfAnotherKindIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	access := newProvider().bearer(t, func(c *bearer.Config) { c.AccessTokens = true })
	for _, tt := range []struct {
		typ           any
		byG, byAccess bool
	}{
		{nil, true, false},
		{"", true, false},
		{"JWT", true, false},
		{"jwt", true, false},
		{"application/JWT", true, false},
		{"at+jwt", true, true},
		{"AT+JWT", true, true},
		{"application/at+jwt", true, true},
		{"logout+jwt", false, false},
		{"dpop+jwt", false, false},
		{"secevent+jwt", false, false},
		{"at+jwtx", false, false},
		{"application/application/at+jwt", false, false},
		{7, false, false},
	} {
		header := map[string]any{"alg": "RS256", "kid": "one", "typ": tt.typ}
		if tt.typ == nil {
			delete(header, "typ")
		}
		token := sign(header, asJSON(aliceClaims(nil)), rsaKey())
		for _, c := range []struct {
			g    gatetest.Gate
			want bool
		}{{g, tt.byG}, {access, tt.byAccess}} {
			if c.want {
				wantSignedIn(t, c.g, withToken(token), aliceID)
			} else {
				wantInvalid(t, c.g, token)
			}
		}
	}
	// A logout token is a JWT of the same issuer, for the same audience, signed with the same key.
	wantInvalid(t, g, aliceToken(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}))
	// A token that is bound to a key proves nothing without it (RFC 9449 §7.1, RFC 8705 §3).
	wantInvalid(t, g, aliceToken(map[string]any{"cnf": map[string]any{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}))
}

func TestEmptySubjectIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, sub := range []any{"", nil, 7, []string{"alice"}, "a\nb", "a\x00", strings.Repeat("a", 256)} {
		wantInvalid(t, g, aliceToken(map[string]any{"sub": sub}))
	}
	// encoding/json would take Sub for sub, and the last one wins.
	both := strings.Replace(asJSON(aliceClaims(nil)), `"sub":"alice"`, `"sub":"alice","SUB":"bob"`, 1)
	wantSignedIn(t, g, withToken(sign(plainHeader, both, rsaKey())), aliceID)
	wantInvalid(t, g, sign(plainHeader, strings.Replace(both, `"sub":"alice",`, "", 1), rsaKey()))
}

func TestClaimsThatAreNoObjectAreRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, claims := range []string{"", "null", "[]", "7", `"alice"`, "{", asJSON(aliceClaims(nil)) + "{}", strings.Repeat("[", 5000)} {
		wantInvalid(t, g, sign(plainHeader, claims, rsaKey()))
	}
}

// oauth2-proxy took such an address for one of the second domain: CVE-2026-40574 (GHSA-c5c4-8r6x-56w3).
func TestAddressWithTwoAtSignsIsInNoDomain(t *testing.T) {
	g := newProvider().bearer(t)
	policy := must(access.List{{Domains: []string{"company.com"}, Models: []string{"*"}}}.Policy())
	for _, tt := range []struct {
		email string
		want  bool
	}{
		{"alice@company.com", true},
		{"a@evil.com@company.com", false},
		{"a@company.com@evil.com", false},
		{"@company.com", false},
		{"a b@company.com", false},
		{"a@evil.com\n@company.com", false},
		{"company.com", false},
	} {
		u := user(t, g, withToken(aliceToken(map[string]any{"email": tt.email, "email_verified": true})))
		if got := must(policy.Allowed(t.Context(), u, "SxQL3iGyoDo")); got != tt.want {
			t.Errorf("%q: allowed %v, want %v", tt.email, got, tt.want)
		}
	}
}

// Coder took an address for verified unless a boolean said that it was not: GHSA-75vm-6w67-gwvp and
// GHSA-9r87-mvcw-x35f.
func TestAddressThatIsNotSaidToBeVerifiedIsLeftOut(t *testing.T) {
	g := newProvider().bearer(t)
	for _, verified := range []any{nil, false, "false", "False", "TRUE", "True", "yes", "1", "", " true", 1, 0, []bool{true}, map[string]bool{"alice@company.com": true}} {
		u := user(t, g, withToken(aliceToken(map[string]any{"email": "alice@company.com", "email_verified": verified, "EMAIL_VERIFIED": true, "emailVerified": true})))
		if u.Email != "" || u.EmailVerified {
			t.Errorf("email_verified %#v: %q, verified %v; want none", verified, u.Email, u.EmailVerified)
		}
	}
	for _, verified := range []any{true, "true"} {
		if u := user(t, g, withToken(aliceToken(map[string]any{"email": "alice@company.com", "email_verified": verified}))); !u.EmailVerified {
			t.Errorf("email_verified %#v: not verified", verified)
		}
	}
}

// go-jose panicked at encrypted tokens without a key in them: CVE-2026-34986 (GHSA-78h2-9frx-2jm8). Nothing that
// is not three parts comes as far as it.
func TestEncryptedTokenIsRefused(t *testing.T) {
	g := newProvider().bearer(t)
	for _, header := range []map[string]any{
		{"alg": "A128KW", "enc": "A128GCM"},
		{"alg": "dir", "enc": "A128CBC-HS256"},
		{"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "epk": jwk("one", ecKey().Public())},
		{"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 1 << 30, "p2s": "AA"},
		{"alg": "RS256", "kid": "one", "enc": "A128GCM", "zip": "DEF"},
	} {
		start := encode([]byte(asJSON(header)))
		for _, rest := range []string{"....", ".AA.AA.AA.AA", "..AA..AA", strings.Repeat(".", 16_000), "." + strings.Repeat("AA.", 5000)} {
			wantInvalid(t, g, start+rest)
		}
	}
}

func TestTokenThatIsNotAloneInItsHeaderIsRefused(t *testing.T) {
	g, keys := counting(t)
	token := aliceToken(nil)
	wantSignedIn(t, g, withToken(token), aliceID) // so that the memory meets them as well
	for _, value := range [][]string{
		{"Bearer " + token, "Bearer " + token},
		{"Bearer " + token, "Basic YTpi"},
		{"", "Bearer " + token},
		{"Bearer"},
		{"Bearer "},
		{"Bearer\t" + token},
		{"Bearer," + token},
		{`Bearer "` + token + `"`},
		{"Bearer=" + token},
		{"Bearer " + token + " "},
		{"Bearer " + token + ", Basic YTpi"},
		{"Bearer " + token + "\x00"},
		{"Bearer \t" + token},
		{"Bearer " + token + "\n"},
		{"Bearer %65" + token},
		{"Bearer " + token + ";"},
		{"Bearer ä"},
		{`Bearer {"payload":"e30"}`},
		{"Bearer " + strings.Repeat("A", 16<<10+1)},
		{"Bearer " + token + strings.Repeat(" ", 20<<10)},
	} {
		wantRejected(t, g, authorized(value...), http.StatusBadRequest, "invalid_request")
	}
	for _, value := range []string{"", "Basic " + token, "Bearertoken " + token, "Token " + token, token, " Bearer " + token, "DPoP " + token} {
		wantRejected(t, g, authorized(value), http.StatusUnauthorized, "login_required")
	}
	wantChecks(t, keys, 1)
}

func TestTokenElsewhereThanInTheHeaderIsNotAccepted(t *testing.T) {
	g, keys := counting(t)
	token := aliceToken(nil)
	for _, query := range []string{"access_token=" + token, "a=b&access_token=" + token, "access_token", "%61access_token=&access_token="} {
		r := withToken(token)
		r.URL.RawQuery = query
		wantRejected(t, g, r, http.StatusBadRequest, "invalid_request")
		r.Header.Del("Authorization")
		wantRejected(t, g, r, http.StatusBadRequest, "invalid_request")
	}
	wantSignedIn(t, g, func() *http.Request { r := withToken(token); r.URL.RawQuery = "q=access_token"; return r }(), aliceID)

	form := httptest.NewRequest(http.MethodPost, "/pme/revoke", strings.NewReader("access_token="+token))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	wantUnauthenticated(t, g, form)
	cookie := request("access_token=" + token)
	cookie.Header["Proxy-Authorization"] = []string{"Bearer " + token}
	cookie.Header["X-Authorization"] = []string{"Bearer " + token}
	cookie.Header["authorization"] = []string{"Bearer " + token}
	wantUnauthenticated(t, g, cookie)
	wantChecks(t, keys, 1)
}

// Whoever finds a token in a log or a cache must not find more of the answer than RFC 6750 has in it.
func TestRefusalDoesNotRepeatWhatWasSent(t *testing.T) {
	g := newProvider().bearer(t)
	const marker = "MARKER"
	for _, r := range []*http.Request{
		withToken(marker), authorized("Bearer " + marker + `"`), withToken(sign(map[string]any{"alg": marker}, "{}", nil)),
		withToken(aliceToken(map[string]any{"aud": marker})),
	} {
		w, _ := visit(g, r)
		var all bytes.Buffer
		_ = w.Header().Write(&all)
		if s := all.String() + w.Body.String(); strings.Contains(s, marker) || strings.Contains(s, base64.RawURLEncoding.EncodeToString([]byte(marker))) {
			t.Errorf("the answer repeats what was sent: %s", s)
		}
	}
}
