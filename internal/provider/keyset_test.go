package provider

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// signed is a token that key signed, with that key ID in its header unless it is empty.
func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, id string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign([]byte(`{"sub":"alice"}`))
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func document(t testing.TB, keys ...any) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestKeySetChecksWithTheKeyThatTheTokenNames(t *testing.T) {
	_, one, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := parseKeySet(document(t,
		jose.JSONWebKey{Key: one.Public(), KeyID: "one"},
		jose.JSONWebKey{Key: two, KeyID: "two", Algorithm: "ES256"}, // published by mistake with its private part
		map[string]any{"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
		map[string]any{"kty": "OKP", "crv": "Ed448", "kid": "unknown curve", "x": "AA"},
		map[string]any{"kty": "EC", "alg": "ES256K", "kid": "unknown algorithm"},
	), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		token string
		good  bool
	}{
		"its own key":       {signed(t, jose.EdDSA, one, "one"), true},
		"the other key":     {signed(t, jose.ES256, two, "two"), true},
		"no key named":      {signed(t, jose.ES256, two, ""), true},
		"another key named": {signed(t, jose.ES256, two, "one"), false},
		"unknown key":       {signed(t, jose.ES256, two, "three"), false},
		"symmetric key":     {signed(t, jose.HS256, []byte("secretsecretsecretsecretsecretse"), "symmetric"), false},
		"no token":          {"a.b.c", false},
		"empty":             {"", false},
	} {
		if _, err := set.VerifySignature(t.Context(), tc.token); (err == nil) != tc.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeySetThatCannotBeRead(t *testing.T) {
	for name, body := range map[string]string{
		"not JSON":   `<html>`,
		"empty":      `{"keys":[]}`,
		"no set":     `{}`,
		"no object":  `{"keys":[7]}`,
		"broken key": `{"keys":[{"kty":"RSA","n":"!","e":"AQAB"}]}`,
		"for others": `{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`,
	} {
		if set, err := parseKeySet([]byte(body), time.Now()); err == nil {
			t.Errorf("%s: parsed %+v", name, set)
		}
	}
}

// unreadable are keys that cost the others of their set nothing (RFC 7517 §5).
var unreadable = map[string]any{
	"Brainpool curve":        map[string]any{"kty": "EC", "use": "enc", "crv": "BP-256", "kid": "bad", "x": "AA", "y": "AA"},
	"secp256k1":              map[string]any{"kty": "EC", "crv": "secp256k1", "kid": "bad", "x": "AA", "y": "AA"},
	"a bad certificate":      map[string]any{"kty": "EC", "crv": "P-256", "kid": "bad", "x": zeros(32), "y": zeros(32), "x5c": []string{"AAAA"}},
	"a short thumbprint":     map[string]any{"kty": "RSA", "kid": "bad", "n": zeros(256), "e": "AQAB", "x5t": "AAAA"},
	"a missing member":       map[string]any{"kty": "RSA", "kid": "bad", "e": "AQAB"},
	"no type":                map[string]any{"kid": "bad", "n": "AQAB", "e": "AQAB"},
	"a type that is no text": map[string]any{"kid": "bad", "kty": 7},
	"an alg that is no text": map[string]any{"kid": "bad", "kty": "RSA", "alg": []string{"RS256"}},
	"a kid that is no text":  map[string]any{"kid": map[string]any{"a": 1}, "kty": "RSA", "n": "AQAB", "e": "AQAB"},
	"a point off the curve":  map[string]any{"kty": "EC", "crv": "P-256", "kid": "bad", "x": zeros(32), "y": zeros(32)},
	"a short Ed25519 key":    map[string]any{"kty": "OKP", "crv": "Ed25519", "kid": "bad", "x": "AAAA"},
	"a text":                 "bad",
	"a number":               7,
	"null":                   nil,
	"a list":                 []any{},
	"an empty object":        map[string]any{},
}

func zeros(n int) string { return base64.RawURLEncoding.EncodeToString(make([]byte, n)) }

func TestUnreadableKeyCostsTheOthersNothing(t *testing.T) {
	for name, bad := range unreadable {
		good := jose.JSONWebKey{Key: edwards().Public(), KeyID: "good"}
		for _, body := range [][]byte{document(t, bad, good), document(t, good, bad)} {
			set, err := parseKeySet(body, time.Now())
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if _, err := set.VerifySignature(t.Context(), signed(t, jose.EdDSA, edwards(), "good")); err != nil {
				t.Errorf("%s: the good key: %v", name, err)
			}
			if len(set.all) != 1 {
				t.Errorf("%s: %d keys, want the good one", name, len(set.all))
			}
		}
		if set, err := parseKeySet(document(t, bad), time.Now()); err == nil {
			t.Errorf("%s: alone it makes a set of %d keys", name, len(set.all))
		}
	}
}
