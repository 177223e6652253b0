package oidclogin_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

const (
	clientID     = "intranet"
	clientSecret = "a client secret that must not be seen"
	subject      = "248289761001"
)

// clock is the time of an application and its provider alike.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// idp is an identity provider whose fields say what it answers. They are changed between requests only.
type idp struct {
	*httptest.Server
	clock *clock
	key   *ecdsa.PrivateKey
	keyID string
	alg   string

	metadata map[string]any             // on top of what discovery says
	claims   map[string]any             // on top of what an ID token says; nil values leave out
	answer   map[string]any             // on top of what the token endpoint says
	info     map[string]any             // what userinfo says
	response url.Values                 // on top of what goes back to the callback
	sign     func(claims string) string // in place of the key
	down     func(w http.ResponseWriter, r *http.Request) bool

	mu      sync.Mutex
	codes   map[string]url.Values // authorization requests by code
	calls   map[string]int        // by path
	refresh string                // the one valid refresh token; empty: none are given
	lastReq *http.Request         // at the token endpoint
}

func newIDP(t testing.TB) *idp {
	t.Helper()
	p := &idp{
		clock: newClock(), keyID: "key-1", alg: oidc.ES256,
		codes: map[string]url.Values{}, calls: map[string]int{},
		metadata: map[string]any{}, claims: map[string]any{}, answer: map[string]any{}, response: url.Values{},
	}
	p.rotate(t, "key-1")
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

// rotate replaces the signing key.
func (p *idp) rotate(t testing.TB, keyID string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key, p.keyID = key, keyID
}

func (p *idp) called(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[path]
}

func (p *idp) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.calls[r.URL.Path]++
	p.mu.Unlock()
	if p.down != nil && p.down(w, r) {
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.serveJSON(w, p.discovery())
	case "/keys":
		p.mu.Lock()
		server := oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: p.key.Public(), KeyID: p.keyID, Algorithm: p.alg}}}
		p.mu.Unlock()
		server.ServeHTTP(w, r)
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.token(w, r)
	case "/userinfo":
		p.serveJSON(w, p.info)
	default:
		http.NotFound(w, r)
	}
}

func (p *idp) serveJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *idp) discovery() map[string]any {
	d := map[string]any{
		"issuer":                                p.URL,
		"authorization_endpoint":                p.URL + "/authorize",
		"token_endpoint":                        p.URL + "/token",
		"jwks_uri":                              p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{oidc.ES256, "HS256", "none"},
	}
	maps.Copy(d, p.metadata)
	return d
}

// authorize signs the person in without asking, as a provider does that knows them already.
func (p *idp) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	back := url.Values{"code": {code}, "state": {q.Get("state")}}
	maps.Copy(back, p.response)
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token redeems a code, once, or a refresh token.
func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	user, password, _ := r.BasicAuth()
	p.mu.Lock()
	p.lastReq = r
	asked, known := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	renewal := r.PostForm.Get("grant_type") == "refresh_token"
	if renewal {
		known = p.refresh != "" && r.PostForm.Get("refresh_token") == p.refresh
	} else {
		known = known && asked.Get("code_challenge_method") == "S256" &&
			asked.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(challenge[:]) &&
			asked.Get("redirect_uri") == r.PostForm.Get("redirect_uri")
	}
	if known && p.refresh != "" {
		p.refresh = rand.Text()
	}
	refresh := p.refresh
	p.mu.Unlock()
	secret, _ := url.QueryUnescape(password)
	if user != clientID || secret != clientSecret || !known {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"no such code"}`))
		return
	}
	a := map[string]any{"access_token": "an access token", "token_type": "Bearer", "expires_in": 300, "id_token": p.idToken(asked.Get("nonce"))}
	if refresh != "" {
		a["refresh_token"] = refresh
	}
	maps.Copy(a, p.answer)
	p.serveJSON(w, a)
}

// idToken is an ID token as p issues it now.
func (p *idp) idToken(nonce string) string {
	now := p.clock.Now().Unix()
	claims := map[string]any{
		"iss": p.URL, "aud": clientID, "sub": subject, "iat": now, "exp": now + 300, "nonce": nonce,
		"email": "alice@example.com", "email_verified": true, "name": "Alice", "groups": []string{"facilities", "staff"},
	}
	return p.signed(claims, p.claims)
}

// signed signs claims as altered; nil values leave a claim out.
func (p *idp) signed(claims, altered map[string]any) string {
	maps.Copy(claims, altered)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	raw, _ := json.Marshal(claims)
	if p.sign != nil {
		return p.sign(string(raw))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return oidctest.SignIDToken(crypto.PrivateKey(p.key), p.keyID, p.alg, string(raw))
}

// logoutToken is a logout token for the person, as altered.
func (p *idp) logoutToken(altered map[string]any) string {
	now := p.clock.Now().Unix()
	return p.signed(map[string]any{
		"iss": p.URL, "aud": clientID, "sub": subject, "iat": now, "exp": now + 120, "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}, altered)
}
