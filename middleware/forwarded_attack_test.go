package middleware_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/middleware"
)

// Caddy copied the headers of its authentication service that were there, and left a client's where one was
// not: CVE-2026-30851 (GHSA-7r4p-vjf4-gxv4), and again by another spelling, CVE-2026-52845 (GHSA-f59h-q822-g45g),
// as Traefik did: CVE-2026-54763 (GHSA-x677-9fxg-v5c5). What a gate here is not told of a user is empty,
// whatever there was before and whoever else decided.
func TestMissingHeadersAreNotTakenFromAnotherUser(t *testing.T) {
	before := &identity.User{ID: "root", Email: "root@example.com", EmailVerified: true, Name: "Root", Groups: []string{"admins"}, Session: "s"}
	proxy := behindProxy(t, func(c *middleware.TrustedHeaderConfig) { c.EmailVerified = true })
	alice := ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil })
	smuggled := []string{"X-Forwarded-Email", "root@example.com", "X-Forwarded-Groups", "admins", "X-Forwarded-Preferred-Username", "Root"}
	for name, tt := range map[string]struct {
		gate    *middleware.Gate
		request *http.Request
	}{
		"proxy that names the user only":  {proxy, fromProxy("X-Forwarded-User", "alice")},
		"proxy that leaves others empty":  {proxy, fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Groups", "", "X-Forwarded-Email", "")},
		"client's headers at a session":   {first(alice, proxy), from("203.0.113.1:1", fromProxy(smuggled...))},
		"proxy's headers at a session":    {first(alice, proxy), fromProxy(append(smuggled, "X-Forwarded-User", "root")...)},
		"client's headers at a gate":      {alice, from("203.0.113.1:1", fromProxy(smuggled...))},
		"client's headers, other session": {first(alice), fromProxy(smuggled...)},
	} {
		r := tt.request.WithContext(identity.NewContext(t.Context(), before))
		u := gatetest.User(t, tt.gate, r)
		if u.ID != "alice" || u.Email != "" || u.EmailVerified || u.Name != "" || u.Session != "" || len(u.Groups) != 0 {
			t.Errorf("%s: %+v, want alice and nothing else", name, u)
		}
	}
	// Without the user, the rest is no user: not from the proxy's address either.
	for i := 0; i < len(smuggled); i += 2 {
		wantSpoofRefused(t, proxy, fromProxy(smuggled[i], smuggled[i+1]), http.StatusBadRequest)
		wantSpoofRefused(t, proxy, fromProxy(smuggled[i], ""), http.StatusBadRequest)
		wantSpoofRefused(t, proxy, fromProxy("X-Forwarded-User", "alice", smuggled[i], "staff", smuggled[i], "admins"), http.StatusBadRequest)
		wantSpoofRefused(t, proxy, fromProxy("X-Forwarded-User", "alice", strings.ReplaceAll(smuggled[i], "-", "_"), smuggled[i+1]), http.StatusBadRequest)
		wantSpoofRefused(t, proxy, fromProxy("X-Forwarded-User", "alice", strings.ToLower(smuggled[i]), smuggled[i+1]), http.StatusBadRequest)
	}
}

// Traefik looked at headers only and not at trailers, which others merge with them: CVE-2026-88004
// (GHSA-v67p-phpq-fc8x).
func TestTrailerIsNoHeaderOfTheProxy(t *testing.T) {
	for name, trailer := range map[string]string{
		"announced":     "Trailer: X-Forwarded-User, X-Forwarded-Groups\r\n",
		"not announced": "",
		"another":       "Trailer: Expires\r\n",
	} {
		for _, spelling := range []string{"X-Forwarded-User", "x-forwarded-user", "X_Forwarded_User"} {
			raw := "POST /revoke HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n" + trailer +
				"\r\n1\r\nx\r\n0\r\n" + spelling + ": root\r\nX-Forwarded-Groups: admins\r\n\r\n"
			if status, user := throughLoopback(t, raw); status == http.StatusOK || user != "" {
				t.Errorf("%s as %s: status %d, let through %q", name, spelling, status, user)
			}
		}
	}
	raw := "POST /revoke HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Forwarded-User: alice\r\nContent-Length: 0\r\n\r\n"
	if status, user := throughLoopback(t, raw); status != http.StatusOK || user != "alice" {
		t.Errorf("a header: status %d, let through %q; want alice", status, user)
	}
}

// throughLoopback sends a request to a server that takes this machine for the proxy, as the bytes say it. The
// body is read before the gate is asked, so that its trailers are there.
func throughLoopback(t *testing.T, raw string) (status int, userID string) {
	t.Helper()
	g := behindProxy(t, func(c *middleware.TrustedHeaderConfig) { c.Proxies = prefixes("127.0.0.1/32") })
	next := g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		userID = u.ID
	}))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		next.ServeHTTP(w, r)
	}))
	defer s.Close()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode, userID
}

// authentik's outpost let requests pass whose cookie it could not read: CVE-2026-25748.
func TestSessionThatCannotBeReadOpensNothing(t *testing.T) {
	files := sessions.NewFilesystemStore(t.TempDir(), []byte("a hash key that is thirty-two b."))
	h := newHost()
	for name, g := range map[string]*middleware.Gate{
		"cookies": session(h.store, h.user), "files": session(files, h.user), "either": first(session(files, h.user), session(h.store, h.user)),
	} {
		for _, value := range []string{
			"", "x", "=", "==", "%", `"`, `""`, "\x00", "\xff\xfe", strings.Repeat("A", 5000), strings.Repeat("=", 100), "MTc|x|y", "null", "undefined", "../../etc/passwd",
			"eyJhbGciOiJub25lIn0.e30.", "{}", "[]", "MTcwMDAwMDAwMHxBQUFBfA==", "a b", "a;b", "a,b", "ä",
		} {
			for _, r := range []*http.Request{withCookie(value), navigation(withCookie(value)), request(sessionName + "=" + value + "; " + sessionName + "=" + value)} {
				if w, user := visit(g, r); user != "" || w.Code == http.StatusOK {
					t.Errorf("%s, cookie %q: status %d, let through %q", name, value, w.Code, user)
				}
			}
		}
	}
}
