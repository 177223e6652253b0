package serve_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	oidcClient = "intranet"
	oidcSecret = "a secret of the client: with / and +"
)

// A provider is an OpenID provider: the authorization code flow with PKCE for one client, and people who sign in with a password.
type provider struct {
	*httptest.Server
	key       *ecdsa.PrivateKey
	callback  string            // the only one that is registered
	passwords map[string]string // by name

	mu     sync.Mutex
	issued map[string]grant // by code
	ended  int              // how many people were signed out
}

// A grant is what a code stands for.
type grant struct {
	asked url.Values
	name  string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, passwords: map[string]string{"alice": "wonderland", "bob": "builder"}, issued: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.form)
	mux.HandleFunc("POST /authorize", p.signIn)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /end", p.end)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"end_session_endpoint": p.URL + "/end", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256"}, "code_challenge_methods_supported": []string{"S256"},
	})
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
}

var signInForm = template.Must(template.New("").Parse(`<form method="post"><input type="hidden" name="request" value="{{.}}"><input name="name"><input name="password" type="password"></form>`))

// form asks who is there, if the request is one of the client's.
func (p *provider) form(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("client_id") != oidcClient, q.Get("redirect_uri") != p.callback:
		http.Error(w, "no such client, or another callback: "+q.Get("redirect_uri"), http.StatusBadRequest)
	case q.Get("response_type") != "code", q.Get("code_challenge_method") != "S256", q.Get("nonce") == "", !strings.Contains(" "+q.Get("scope")+" ", " openid "):
		http.Error(w, "not the code flow with PKCE", http.StatusBadRequest)
	default:
		_ = signInForm.Execute(w, q.Encode())
	}
}

func (p *provider) signIn(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	asked, err := url.ParseQuery(r.FormValue("request"))
	if password, known := p.passwords[name]; err != nil || !known || password != r.FormValue("password") || asked.Get("redirect_uri") != p.callback {
		http.Error(w, "the name or the password is wrong", http.StatusUnauthorized)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.issued[code] = grant{asked, name}
	p.mu.Unlock()
	http.Redirect(w, r, p.callback+"?"+url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode(), http.StatusSeeOther)
}

// token redeems a code, once.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	secret, _ := url.QueryUnescape(password) // RFC 6749, section 2.3.1
	if user != oidcClient || secret != oidcSecret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	code := r.FormValue("code")
	p.mu.Lock()
	g, known := p.issued[code]
	delete(p.issued, code)
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || r.FormValue("grant_type") != "authorization_code" || r.FormValue("redirect_uri") != p.callback ||
		g.asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	token, err := p.idToken(g)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": token})
}

func (p *provider) idToken(g grant) (string, error) {
	now := time.Now().Unix()
	claims, err := json.Marshal(map[string]any{
		"iss": p.URL, "aud": oidcClient, "sub": g.name, "iat": now, "exp": now + 300, "nonce": g.asked.Get("nonce"),
		"email": g.name + "@example.com", "email_verified": true, "name": g.name, "groups": []string{"friends-of-" + g.name},
	})
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// end signs a person out.
func (p *provider) end(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != oidcClient {
		http.Error(w, "no such client", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.ended++
	p.mu.Unlock()
}

// signedOut says how many people were signed out.
func (p *provider) signedOut() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}
