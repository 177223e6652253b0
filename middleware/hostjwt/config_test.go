package hostjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/hostjwt"
	"github.com/go-pme/pme/secret"
)

func TestUnusableConfigurationIsAllReported(t *testing.T) {
	_, err := hostjwt.New(hostjwt.Config{
		Cookie: "a b", Header: "Cookie", Algorithm: "HS256", Keys: secret.Fixed("hunter2"), Issuer: "a\n", MaxLifetime: -1, Leeway: time.Hour,
		GroupsFormat: "xml", LoginURL: "//evil.example", Claims: hostjwt.Claims{ID: "sub\n"}, SessionLifetime: -1,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"Cookie or Header", `Cookie: "a b"`, `Header: "Cookie"`, "Keys:", "at least 32 bytes", "Issuer", "MaxLifetime", "Leeway", "GroupsFormat", "LoginURL", "Claims[0]",
		"SessionLifetime",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%q has the key", err)
	}
}

func TestEachMistake(t *testing.T) {
	p256, p224 := public(ecKey().Public()), public(must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader)).Public())
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(ecKey()))}))
	asym := func(algorithm, pem string) func(*hostjwt.Config) {
		return func(c *hostjwt.Config) { c.Algorithm, c.Keys, c.PublicKey = algorithm, nil, pem }
	}
	jwks := func(address string) func(*hostjwt.Config) {
		return func(c *hostjwt.Config) {
			c.Algorithm, c.Keys, c.JWKSURL, c.Issuer, c.Audience = "RS256", nil, address, "host", "pme"
		}
	}
	for _, tt := range []struct {
		change func(*hostjwt.Config)
		want   string
	}{
		{func(c *hostjwt.Config) { c.Cookie = "" }, "Cookie or Header"},
		{inHeader("X_Token"), "cannot have a token"},
		{inHeader("X-Token: a\r\nX-User"), "cannot have a token"},
		{func(c *hostjwt.Config) { c.Algorithm = "" }, "Algorithm is"},
		{func(c *hostjwt.Config) { c.Algorithm = "none" }, "Algorithm is"},
		{func(c *hostjwt.Config) { c.Algorithm = "hs256" }, "Algorithm is"},
		{func(c *hostjwt.Config) { c.Algorithm = "RS256" }, "PublicKey or JWKSURL"},
		{func(c *hostjwt.Config) { c.Keys = nil }, "Keys, and neither"},
		{func(c *hostjwt.Config) { c.PublicKey = p256 }, "Keys, and neither"},
		{func(c *hostjwt.Config) { c.Keys = secret.Fixed() }, "there is no value"},
		{func(c *hostjwt.Config) { c.Keys = secret.Fixed(key, "short") }, "at least 32 bytes"},
		{func(c *hostjwt.Config) { c.Keys = secret.Fixed(key + "-----BEGIN PUBLIC KEY-----") }, "key in PEM"},
		{func(c *hostjwt.Config) { c.Algorithm, c.Keys = "HS512", secret.Fixed(key[:63]) }, "at least 64 bytes"},
		{func(c *hostjwt.Config) { c.Algorithm, c.Keys = "HS384", secret.Fixed(key[:47]) }, "at least 48 bytes"},
		{asym("ES256", ""), "PublicKey or JWKSURL"},
		{asym("ES256", "hello"), "BEGIN PUBLIC KEY"},
		{asym("ES256", private), "private key"},
		{asym("ES384", p256), "not one for ES384"},
		{asym("RS256", p256), "not one for RS256"},
		{asym("ES256", p224), "not one for ES256"},
		{asym("ES256", public(edKey().Public())), "not one for ES256"},
		{asym("EdDSA", p256), "not one for EdDSA"},
		{asym("ES256", p256+"x"), "no PEM"},
		{asym("ES256", strings.Repeat(p256, 5)), "more than 4"},
		{asym("ES256", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}))), "cannot be read"},
		{asym("ES256", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}))), "neither a PUBLIC KEY"},
		{asym("RS256", public(must(rsa.GenerateKey(rand.Reader, 1024)).Public())), "2048 bits"},
		{jwks("http://host.example.com/jwks"), "JWKSURL must be"},
		{jwks("https://u:p@host.example.com/jwks"), "JWKSURL must be"},
		{func(c *hostjwt.Config) { jwks("https://host.example.com/jwks")(c); c.Issuer = "" }, "required with JWKSURL"},
		{func(c *hostjwt.Config) { jwks("https://host.example.com/jwks")(c); c.Audience = "" }, "required with JWKSURL"},
		{func(c *hostjwt.Config) { jwks("https://host.example.com/jwks")(c); c.PublicKey = p256 }, "one of them"},
	} {
		cfg := hostjwt.Config{Cookie: "jwt", Algorithm: "HS256", Keys: secret.Fixed(key)}
		tt.change(&cfg)
		if _, err := hostjwt.New(cfg); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), key) {
			t.Errorf("%v, want %q", err, tt.want)
		}
		if strings.Contains(fmt.Sprintf("%+v", cfg), key) {
			t.Error("the configuration prints its key")
		}
	}
}

func TestTwoPublicKeysCountWhileOneReplacesTheOther(t *testing.T) {
	old := must(rsa.GenerateKey(rand.Reader, 2048))
	g := gate(t, quiet, asymmetric("RS256", rsaKey().Public(), old.Public()))
	for _, k := range []*rsa.PrivateKey{rsaKey(), old} {
		wantSignedIn(t, g, with(sign(`{"alg":"RS256"}`, asJSON(claims(nil)), "RS256", k)), "alice")
	}
	pkcs1 := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&old.PublicKey)}))
	g = gate(t, quiet, func(c *hostjwt.Config) { c.Algorithm, c.Keys, c.PublicKey = "RS256", nil, pkcs1 })
	wantSignedIn(t, g, with(sign(`{"alg":"RS256"}`, asJSON(claims(nil)), "RS256", old)), "alice")
}
