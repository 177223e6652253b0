package serve_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
)

const tokenKey = "a key of the host's, and of no other program"

// signed is a token that the host signs for a user, in a cookie.
func signed(user string, from time.Time) string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	text := part(`{"alg":"HS256"}`) + "." + part(fmt.Sprintf(`{"iss":"intranet","aud":"pme","sub":%q,"iat":%d,"exp":%d}`, user, from.Unix(), from.Add(time.Hour).Unix()))
	mac := hmac.New(sha256.New, []byte(tokenKey))
	mac.Write([]byte(text))
	return "id=" + text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// wants asks for a token with a cookie.
func wants(t *testing.T, g *serve.Gateway, cookie string, want int) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/pme/token?modelId="+office, nil)
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	g.Handler().ServeHTTP(w, r)
	if w.Code != want {
		t.Errorf("%d, want %d: %s", w.Code, want, w.Body)
	}
}

func revoke(t *testing.T, g *serve.Gateway, user string) {
	t.Helper()
	if _, err := g.PME().RevokeUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
}

// A copy of a token is no good any more once its user was revoked. Later ones are.
func TestRevokingEndsTheTokensThatTheHostHasSigned(t *testing.T) {
	cfg := small(t)
	cfg.Login = config.Login{JWT: &config.JWT{Cookie: "id", Algorithm: "HS256", Key: fixed(tokenKey), Issuer: "intranet", Audience: "pme"}}
	g := build(t, cfg)
	old := signed("alice", time.Now().Add(-time.Minute))
	wants(t, g, old, http.StatusOK)
	wants(t, g, signed("bob", time.Now()), http.StatusForbidden)
	wants(t, g, old+"x", http.StatusUnauthorized)
	revoke(t, g, "alice")
	wants(t, g, old, http.StatusUnauthorized)
	wants(t, g, signed("alice", time.Now().Add(2*time.Second)), http.StatusOK)
}

// With whoami it is the host that ends sessions, so a user who is revoked and still signed in there gets new tokens.
func TestTheHostIsAskedWhoIsSignedIn(t *testing.T) {
	var status atomic.Int64
	status.Store(http.StatusOK)
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, _ := r.Cookie("sid")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(int(status.Load()))
		_, _ = fmt.Fprintf(w, `{"id":%q}`, cookie.Value)
	}))
	t.Cleanup(host.Close)
	cfg := small(t)
	cfg.Login = config.Login{Whoami: &config.Whoami{URL: host.URL, Cookies: []string{"sid"}}}
	g := build(t, cfg)
	wants(t, g, "sid=alice", http.StatusOK)
	wants(t, g, "sid=bob", http.StatusForbidden)
	wants(t, g, "other=alice", http.StatusUnauthorized)
	revoke(t, g, "alice")
	wants(t, g, "sid=alice", http.StatusOK)
	status.Store(http.StatusUnauthorized)
	revoke(t, g, "alice") // what was remembered is forgotten
	wants(t, g, "sid=alice", http.StatusUnauthorized)
	status.Store(http.StatusInternalServerError)
	wants(t, g, "sid=carol", http.StatusServiceUnavailable)
}
