package middleware_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware"
)

// FuzzSessionCookie sends whatever a client may send as Cookie headers, one to a line, and lets the
// store itself be the judge of it.
func FuzzSessionCookie(f *testing.F) {
	h := newHost()
	remembering := session(h.store, h.user, remember(time.Hour))
	asking := session(h.store, h.user, remember(0))
	alice, bob := h.cookie(f, "alice").Value, h.cookie(f, "bob").Value
	for _, value := range []string{alice, bob} {
		wantSignedIn(f, remembering, withCookie(value), map[string]string{alice: "alice", bob: "bob"}[value])
	}

	const name = sessionName
	for _, seed := range []string{
		"", name, name + "=", "=", ";", name + "=" + alice, name + `="` + alice + `"`, name + "=" + alice + `"`,
		name + "=" + alice + "; " + name + "=" + bob, name + "=" + alice + "\n" + name + "=" + bob,
		"a=b;" + name + "\t= " + bob, name + "=" + alice + "\x00", name + "=" + alice[:40] + bob[40:],
		strings.Repeat("a=b;", 120) + name + "=" + alice, name + "=" + alice + ";" + name + "=\x7f",
		name + "=\\;" + name + "=" + alice, name + "=" + h.cookie(f, "").Value, "\r" + name + "=" + alice + "\v",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := func() *http.Request { return request(strings.Split(header, "\n")...) }
		want := ""
		if s, err := h.store.New(r(), name); err == nil && !s.IsNew {
			u, _ := h.user(s)
			want = u.ID
		}
		for range 2 {
			slow, slowUser := visit(asking, r())
			fast, fastUser := visit(remembering, r())
			if slowUser != want || fastUser != want || slow.Code != fast.Code {
				t.Errorf("store: %q, without memory: %q and %d, with memory: %q and %d",
					want, slowUser, slow.Code, fastUser, fast.Code)
			}
			if want == "" && fast.Code != http.StatusUnauthorized {
				t.Errorf("status %d, want 401", fast.Code)
			}
		}
	})
}

// FuzzLocalPath resolves what is called local as a browser does, raw and decoded.
func FuzzLocalPath(f *testing.F) {
	for _, p := range returnPaths {
		f.Add(p.path)
	}
	f.Fuzz(func(t *testing.T, s string) {
		path, ok := middleware.LocalPath(s)
		if ok && path != s || !ok && path != "/" {
			t.Fatalf("LocalPath(%q) = %q, %v", s, path, ok)
		}
		decoded, err := url.PathUnescape(path)
		if err != nil {
			t.Fatalf("%q has malformed percent-encoding", path)
		}
		for _, p := range []string{path, asBrowsersRead(path), asBrowsersRead(decoded)} {
			wantOnHost(t, p)
		}
	})
}

// asBrowsersRead does what the URL standard has browsers do before they look for a host: trim controls
// and spaces, drop tabs and line breaks, and read backslashes as slashes.
func asBrowsersRead(s string) string {
	s = strings.TrimFunc(s, func(c rune) bool { return c <= ' ' })
	return strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(s)
}

func wantOnHost(t *testing.T, s string) {
	t.Helper()
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		t.Errorf("%q is not a path", s)
	}
	base := url.URL{Scheme: "https", Host: "host.example", Path: "/pme/login"}
	u, err := base.Parse(s)
	if err != nil {
		return // decoded text need not be a URL
	}
	if u.Scheme != "https" || u.Host != "host.example" || u.User != nil {
		t.Errorf("%q leads to %q", s, u)
	}
}
