package hostjwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/hostjwt"
	"github.com/go-pme/pme/secret"
)

var (
	key      = strings.Repeat("k3y.", 16) // 64 bytes, enough for HS512
	otherKey = strings.Repeat("0ther", 16)

	rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey  = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey  = sync.OnceValue(func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) })
)

var (
	request             = gatetest.Request
	navigation          = gatetest.Navigation
	visit               = gatetest.Visit
	wantSignedIn        = gatetest.WantSignedIn
	wantUnauthenticated = gatetest.WantUnauthenticated
	wantRejected        = gatetest.WantRejected
)

type nothing = gatetest.Nothing

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func asJSON(v any) string { return string(must(json.Marshal(v))) }

var hashes = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}

// sign makes a JWT by hand, so that it can be as wrong as an attacker's: of a header and claims that are written
// already, for the algorithm, whatever the header says. A nil key signs nothing.
func sign(header, claims, algorithm string, key any) string {
	input := encode([]byte(header)) + "." + encode([]byte(claims))
	return input + "." + encode(signature(input, algorithm, key))
}

func signature(input, algorithm string, key any) []byte {
	hash := hashes[algorithm[len(algorithm)-min(3, len(algorithm)):]]
	var sum []byte
	if hash != 0 {
		h := hash.New()
		h.Write([]byte(input))
		sum = h.Sum(nil)
	}
	switch k := key.(type) {
	case string:
		mac := hmac.New(hash.New, []byte(k))
		mac.Write([]byte(input))
		return mac.Sum(nil)
	case *rsa.PrivateKey:
		if strings.HasPrefix(algorithm, "PS") {
			return must(rsa.SignPSS(rand.Reader, k, hash, sum, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
		}
		return must(rsa.SignPKCS1v15(rand.Reader, k, hash, sum))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, sum)
		must(0, err)
		size := (k.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	case ed25519.PrivateKey:
		return ed25519.Sign(k, []byte(input))
	}
	return nil
}

// claims are those of a good token of alice, with changes; a nil removes a claim.
func claims(changes map[string]any) map[string]any {
	now := time.Now()
	c := map[string]any{"sub": "alice", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

const plainHeader = `{"alg":"HS256","typ":"JWT"}`

// token is a good one but for the changes.
func token(changes map[string]any) string {
	return sign(plainHeader, asJSON(claims(changes)), "HS256", key)
}

// with is a script's GET with the token in the cookie.
func with(token string) *http.Request { return request("jwt=" + token) }

func quiet(c *hostjwt.Config) { c.Logger = slog.New(slog.DiscardHandler) }

func logged(b *logtest.Buffer) func(*hostjwt.Config) {
	return func(c *hostjwt.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

func inHeader(name string) func(*hostjwt.Config) {
	return func(c *hostjwt.Config) { c.Cookie, c.Header = "", name }
}

// gate makes a gate for the cookie jwt and HS256; change may alter what it is made from.
func gate(tb testing.TB, change ...func(*hostjwt.Config)) *middleware.Gate {
	tb.Helper()
	cfg := hostjwt.Config{Cookie: "jwt", Algorithm: "HS256", Keys: secret.Fixed(key)}
	for _, f := range change {
		f(&cfg)
	}
	g, err := hostjwt.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = g.Close() })
	return g
}

// public writes keys in PEM.
func public(keys ...crypto.PublicKey) string {
	var b strings.Builder
	for _, k := range keys {
		_ = pem.Encode(&b, &pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(k))})
	}
	return b.String()
}

func asymmetric(algorithm string, keys ...crypto.PublicKey) func(*hostjwt.Config) {
	return func(c *hostjwt.Config) { c.Algorithm, c.Keys, c.PublicKey = algorithm, nil, public(keys...) }
}
