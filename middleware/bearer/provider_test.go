package bearer_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
)

const (
	issuerURL = "https://id.example.com/realm"
	audience  = "spa"
)

var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey    = sync.OnceValue(func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func asJSON(v any) string { return string(must(json.Marshal(v))) }

// sign makes a JWT by hand, so that it can be as wrong as an attacker's. A nil key signs nothing.
func sign(header map[string]any, claims string, key any) string {
	input := encode([]byte(asJSON(header))) + "." + encode([]byte(claims))
	sum := sha256.Sum256([]byte(input))
	var signature []byte
	switch k := key.(type) {
	case *rsa.PrivateKey:
		signature = must(rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:]))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
		must(0, err)
		signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case ed25519.PrivateKey:
		signature = ed25519.Sign(k, []byte(input))
	case []byte:
		mac := hmac.New(sha256.New, k)
		mac.Write([]byte(input))
		signature = mac.Sum(nil)
	}
	return input + "." + encode(signature)
}

// aliceClaims are those of a good token, with changes; a nil removes a claim.
func aliceClaims(changes map[string]any) map[string]any {
	now := time.Now()
	claims := map[string]any{
		"iss": issuerURL, "aud": audience, "sub": "alice",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

// aliceToken is a good token but for the changes.
func aliceToken(changes map[string]any) string {
	return sign(map[string]any{"alg": "RS256", "kid": "one", "typ": "JWT"}, asJSON(aliceClaims(changes)), rsaKey())
}

func jwk(kid string, public crypto.PublicKey) map[string]any {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return map[string]any{"kty": "RSA", "use": "sig", "kid": kid, "n": encode(k.N.Bytes()), "e": "AQAB"}
	case *ecdsa.PublicKey:
		point := must(k.Bytes())
		return map[string]any{"kty": "EC", "crv": "P-256", "kid": kid, "x": encode(point[1:33]), "y": encode(point[33:])}
	case ed25519.PublicKey:
		return map[string]any{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encode(k)}
	}
	panic("unknown key")
}

// provider is an identity provider without a network: the transport of a client for it.
type provider struct {
	calls   atomic.Int64
	fetches atomic.Int64 // of the key set

	mu        sync.Mutex
	keys      []map[string]any
	documents map[string]string // answers that are not made from keys
	broken    error
	status    int
	delay     time.Duration
}

func newProvider() *provider { return &provider{keys: []map[string]any{jwk("one", rsaKey().Public())}} }

func (p *provider) set(change func(p *provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	p.calls.Add(1)
	p.mu.Lock()
	delay := p.delay
	p.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return nil, p.broken
	}
	var body string
	switch r.URL.Path { // whatever the host: who is called is the client's part
	case discoveryPath:
		body = asJSON(map[string]any{"issuer": issuerURL, "jwks_uri": "https://id.example.com/keys"})
	case "/keys":
		p.fetches.Add(1)
		body = asJSON(map[string]any{"keys": p.keys})
	default:
		return nil, fmt.Errorf("unexpected call of %s", r.URL)
	}
	if document, ok := p.documents[r.URL.Path]; ok {
		body = document
	}
	status := http.StatusOK
	if p.status != 0 {
		status = p.status
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Location": {"https://evil.example/"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

var errNetwork = errors.New("network is unreachable")

// bearer makes a gate for the provider; change may alter what it is made from.
func (p *provider) bearer(tb testing.TB, change ...func(*bearer.Config)) *middleware.Gate {
	tb.Helper()
	cfg := bearer.Config{Issuer: issuerURL, Audience: audience, HTTPClient: &http.Client{Transport: p}}
	for _, f := range change {
		f(&cfg)
	}
	g, err := bearer.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// withToken is a script's GET with the token.
func withToken(token string) *http.Request {
	r := request()
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

const aliceID = issuerURL + "#alice"

var (
	request             = gatetest.Request
	navigation          = gatetest.Navigation
	visit               = gatetest.Visit
	user                = gatetest.User
	wantSignedIn        = gatetest.WantSignedIn
	wantUnauthenticated = gatetest.WantUnauthenticated
	wantRejected        = gatetest.WantRejected
	errorObject         = gatetest.ErrorObject
)

func wantInvalid(tb testing.TB, g gatetest.Gate, token string) {
	tb.Helper()
	wantRejected(tb, g, withToken(token), http.StatusUnauthorized, "invalid_token")
}
