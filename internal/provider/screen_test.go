package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The keys are generated once for all tests of the package.
var (
	rsaKeys = sync.OnceValue(func() (keys [3]*rsa.PrivateKey) {
		for i := range keys {
			keys[i] = must(rsa.GenerateKey(rand.Reader, 2048))
		}
		return keys
	})
	p256    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	p521    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)) })
	edwards = sync.OnceValue(func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes, fine")) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func setOf(t testing.TB, keys ...any) *keySet {
	t.Helper()
	set, err := parseKeySet(document(t, keys...), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func screened(set *keySet, token string) error {
	c, err := parseCompact(token)
	if err != nil {
		return err
	}
	return set.screen(c)
}

// wantVerdict fails unless the screen and go-jose agree about the token.
func wantVerdict(t *testing.T, set *keySet, name, token string, want error) {
	t.Helper()
	if err := screened(set, token); !errors.Is(err, want) {
		t.Errorf("%s: screened: %v, want %v", name, err, want)
	}
	if _, err := set.VerifySignature(t.Context(), token); (err == nil) != (want == nil) {
		t.Errorf("%s: verified: %v, want an error: %v", name, err, want != nil)
	}
}

func TestTokenOfEachAlgorithmIsScreenedAsItIsVerified(t *testing.T) {
	private := map[string]any{
		"RS256": rsaKeys()[0], "RS384": rsaKeys()[0], "RS512": rsaKeys()[0],
		"PS256": rsaKeys()[0], "PS384": rsaKeys()[0], "PS512": rsaKeys()[0],
		"ES256": p256(), "ES384": p384(), "ES512": p521(), "EdDSA": edwards(),
	}
	public := make(map[string]any, len(private))
	for alg, key := range private {
		public[alg] = jose.JSONWebKey{Key: key.(crypto.Signer).Public(), KeyID: alg, Algorithm: alg}
	}
	for _, alg := range Algorithms {
		set := setOf(t, public[alg])
		token := signed(t, jose.SignatureAlgorithm(alg), private[alg], alg)
		wantVerdict(t, set, alg, token, nil)
		input, encoded, _ := strings.Cut(strings.Replace(token, ".", " ", 1), ".")
		input = strings.Replace(input, " ", ".", 1)
		signature := must(base64.RawURLEncoding.DecodeString(encoded))
		for i := range signature {
			signature[i] ^= 1
			wantVerdict(t, set, alg+" with another signature", input+"."+base64.RawURLEncoding.EncodeToString(signature), errNotSigned)
			signature[i] ^= 1
		}
		for name, other := range map[string][]byte{
			"none": {}, "short": signature[:len(signature)-1], "long": append(signature[:len(signature):len(signature)], 0), "zero": make([]byte, len(signature)),
		} {
			wantVerdict(t, set, alg+", signature "+name, input+"."+base64.RawURLEncoding.EncodeToString(other), errNotSigned)
		}
	}
}

// OpenID Connect Core 1.0 §10.1: a token must name its key if there are several.
func TestTokenIsCheckedAgainstTwoKeysAtMost(t *testing.T) {
	jwk := func(i int, id string) jose.JSONWebKey { return jose.JSONWebKey{Key: rsaKeys()[i].Public(), KeyID: id} }
	named := []any{jwk(0, "0"), jwk(1, "1"), jwk(2, "2")}
	of := func(i int, id string) string { return signed(t, jose.RS256, rsaKeys()[i], id) }
	for _, tc := range []struct {
		name  string
		set   *keySet
		token string
		want  error
	}{
		{"its key", setOf(t, named...), of(2, "2"), nil},
		{"another's key", setOf(t, named...), of(2, "1"), errNotSigned},
		{"an unknown key", setOf(t, named...), of(2, "3"), errUnknownKey},
		{"no name, three fit", setOf(t, named...), of(0, ""), errAmbiguousKey},
		{"no name, two fit", setOf(t, named[:2]...), of(0, ""), errAmbiguousKey},
		{"no name, one fits", setOf(t, named[0], jose.JSONWebKey{Key: p256().Public(), KeyID: "ec"}), of(0, ""), nil},
		{"no name, the only key without one", setOf(t, jwk(0, ""), jwk(1, "1"), jwk(2, "2")), of(0, ""), nil},
		{"no name, a key with one", setOf(t, jwk(0, ""), jwk(1, "1"), jwk(2, "2")), of(1, ""), errNotSigned},
		{"no names, old key", setOf(t, jwk(0, ""), jwk(1, "")), of(0, ""), nil},
		{"no names, new key", setOf(t, jwk(0, ""), jwk(1, "")), of(1, ""), nil},
		{"no names, three keys", setOf(t, jwk(0, ""), jwk(1, ""), jwk(2, "")), of(1, ""), errAmbiguousKey},
		{"one name, two keys", setOf(t, jwk(0, "k"), jwk(1, "k")), of(1, "k"), nil},
		{"one name, three keys", setOf(t, jwk(0, "k"), jwk(1, "k"), jwk(2, "k")), of(1, "k"), errAmbiguousKey},
		{"the same key three times", setOf(t, jwk(0, "k"), jwk(0, "k"), jwk(0, "k"), jwk(1, "k")), of(1, "k"), nil},
		{"one name, several kinds", setOf(t, jwk(0, "k"), jwk(1, "k"), jose.JSONWebKey{Key: p256().Public(), KeyID: "k"}), signed(t, jose.ES256, p256(), "k"), nil},
	} {
		wantVerdict(t, tc.set, tc.name, tc.token, tc.want)
	}
}

func TestKeyIsNotTriedForWhatItIsNotFor(t *testing.T) {
	for name, tc := range map[string]struct {
		key   jose.JSONWebKey
		token string
		want  error
	}{
		"for another algorithm": {jose.JSONWebKey{Key: rsaKeys()[0].Public(), KeyID: "k", Algorithm: "RS256"}, signed(t, jose.PS256, rsaKeys()[0], "k"), errOtherKey},
		"for a longer hash":     {jose.JSONWebKey{Key: rsaKeys()[0].Public(), KeyID: "k", Algorithm: "RS256"}, signed(t, jose.RS512, rsaKeys()[0], "k"), errOtherKey},
		"for any":               {jose.JSONWebKey{Key: rsaKeys()[0].Public(), KeyID: "k"}, signed(t, jose.PS512, rsaKeys()[0], "k"), nil},
		"for signatures":        {jose.JSONWebKey{Key: rsaKeys()[0].Public(), KeyID: "k", Use: "sig"}, signed(t, jose.RS256, rsaKeys()[0], "k"), nil},
		"for encryption":        {jose.JSONWebKey{Key: rsaKeys()[0].Public(), KeyID: "k", Use: "enc"}, signed(t, jose.RS256, rsaKeys()[0], "k"), errUnknownKey},
		"of another kind":       {jose.JSONWebKey{Key: rsaKeys()[0].Public(), KeyID: "k"}, signed(t, jose.ES256, p256(), "k"), errOtherKey},
		"of another curve":      {jose.JSONWebKey{Key: p384().Public(), KeyID: "k"}, signed(t, jose.ES256, p256(), "k"), errOtherKey},
		"of no curve":           {jose.JSONWebKey{Key: p256().Public(), KeyID: "k"}, signed(t, jose.EdDSA, edwards(), "k"), errOtherKey},
		"that is shared":        {jose.JSONWebKey{Key: edwards().Public(), KeyID: "k"}, signed(t, jose.HS256, make([]byte, 32), "k"), errOtherKey},
	} {
		wantVerdict(t, setOf(t, tc.key, jose.JSONWebKey{Key: edwards().Public(), KeyID: "other"}), name, tc.token, tc.want)
	}
}

func TestHeaderIsReadAsGoJoseReadsIt(t *testing.T) {
	set := setOf(t, jose.JSONWebKey{Key: edwards().Public(), KeyID: "k"})
	sign := func(header string) string {
		input := base64.RawURLEncoding.EncodeToString([]byte(header)) + ".e30"
		return input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(edwards(), []byte(input)))
	}
	for header, want := range map[string]error{
		`{"alg":"EdDSA","kid":"k"}`:                            nil,
		` { "kid" : "k" , "alg" : "EdDSA" , "typ" : "JWT" } `:  nil,
		`{"alg":"EdDSA","kid":"k","kid":"k"}`:                  errNoJWT,
		`{"alg":"EdDSA","kid":"x","KID":"k"}`:                  errUnknownKey,
		`{"alg":"EdDSA","kid":"k","ALG":"none"}`:               nil,
		`{"ALG":"EdDSA","kid":"k"}`:                            errOtherKey,
		`{"alg":"EdDSA","kid":["k"]}`:                          errNoJWT,
		`{"alg":"EdDSA","kid":"k","crit":["b64"],"b64":false}`: errCritical,
		`{"alg":"EdDSA","kid":"k","crit":[]}`:                  errCritical,
		`["alg"]`:                                              errNoJWT,
		``:                                                     errNoJWT,
		`{"alg":"EdDSA","kid":"k","x":"` + strings.Repeat("x", maxHeader) + `"}`: errNoJWT,
	} {
		wantVerdict(t, set, header[:min(len(header), 60)], sign(header), want)
	}
	good := sign(`{"alg":"EdDSA","kid":"k"}`)
	for _, token := range []string{"", ".", "..", "...", good + ".", "." + good, good[:strings.LastIndex(good, ".")], good + "\n.", `{"payload":"e30"}`} {
		wantVerdict(t, set, token, token, errNoJWT)
	}
}

// FuzzScreen looks for a token that the screen refuses and go-jose takes, and for one that names another key.
func FuzzScreen(f *testing.F) {
	key := jose.JSONWebKey{Key: edwards().Public(), KeyID: "k"}
	set := setOf(f, key)
	for _, header := range []string{`{"alg":"EdDSA","kid":"k"}`, `{"alg":"EdDSA"}`, `{"alg":"none","kid":"k"}`, `{"alg":"EdDSA","kid":"k","b64":false}`, `{"alg":"EdDSA","kid":""}`} {
		f.Add(header, `{"sub":"alice"}`)
	}
	f.Fuzz(func(t *testing.T, header, claims string) {
		input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		token := input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(edwards(), []byte(input)))
		screen := screened(set, token)
		payload, err := set.VerifySignature(t.Context(), token)
		if err == nil && (screen != nil || string(payload) != claims) {
			t.Errorf("%s: verified with %q; screened: %v", token, payload, screen)
		}
		if jws, bad := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA}); screen == nil && (bad != nil || !json.Valid([]byte(header)) || jws.Signatures[0].Header.KeyID != "k" && jws.Signatures[0].Header.KeyID != "") {
			t.Errorf("%s: screened without an error, but go-jose reads %+v, %v", token, jws, bad)
		}
	})
}
