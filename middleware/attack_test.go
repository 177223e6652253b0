package middleware_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/go-pme/pme/middleware"
)

// warmed returns a gate that has recognised the cookies already, so that attacks meet its memory.
func warmed(tb testing.TB, h *host, opts []func(*middleware.SessionConfig), cookies ...*http.Cookie) *middleware.Gate {
	tb.Helper()
	g := session(h.store, h.user, opts...)
	for _, c := range cookies {
		if _, user := visit(g, withCookie(c.Value)); user == "" {
			tb.Fatal("an honest cookie was refused")
		}
	}
	return g
}

// gates runs an attack against a gate that remembers and one that does not.
func gates(t *testing.T, attack func(t *testing.T, opts []func(*middleware.SessionConfig))) {
	t.Helper()
	for name, d := range map[string]time.Duration{"remembering": time.Hour, "not remembering": 0} {
		t.Run(name, func(t *testing.T) { attack(t, []func(*middleware.SessionConfig){remember(d)}) })
	}
}

func TestTamperedCookieIsUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		c := h.cookie(t, "alice")
		g := warmed(t, h, opts, c)
		decoded, err := base64.URLEncoding.DecodeString(c.Value)
		if err != nil {
			t.Fatal(err)
		}
		for i := range decoded {
			tampered := []byte(string(decoded))
			tampered[i] ^= 1
			wantUnauthenticated(t, g, withCookie(base64.URLEncoding.EncodeToString(tampered)))
		}
	})
}

func TestTruncatedOrExtendedCookieIsUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		c := h.cookie(t, "alice")
		g := warmed(t, h, opts, c)
		for i := range len(c.Value) {
			wantUnauthenticated(t, g, withCookie(c.Value[:i]))
		}
		for _, suffix := range []string{"A", "=", "AAAA", c.Value, "\x00", strings.Repeat("A", 5000)} {
			wantUnauthenticated(t, g, withCookie(c.Value+suffix))
		}
	})
}

func TestPartsOfTwoCookiesAreUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		alice, bob := h.cookie(t, "alice"), h.cookie(t, "bob")
		g := warmed(t, h, opts, alice, bob)
		parts := func(c *http.Cookie) []string {
			b, err := base64.URLEncoding.DecodeString(c.Value)
			if err != nil {
				t.Fatal(err)
			}
			return strings.SplitN(string(b), "|", 3)
		}
		a, b := parts(alice), parts(bob)
		for _, mixed := range [][]string{{a[0], a[1], b[2]}, {b[0], b[1], a[2]}, {"9999999999", a[1], a[2]}} {
			wantUnauthenticated(t, g, withCookie(base64.URLEncoding.EncodeToString([]byte(strings.Join(mixed, "|")))))
		}
		wantSignedIn(t, g, withCookie(alice.Value), "alice")
		wantSignedIn(t, g, withCookie(bob.Value), "bob")
	})
}

func TestCookieOfAnotherNameIsUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		c := h.cookie(t, "alice")
		g := warmed(t, h, opts, c)
		wantUnauthenticated(t, g, request("other="+c.Value))
		wantUnauthenticated(t, g, request(strings.ToUpper(sessionName)+"="+c.Value))
		wantUnauthenticated(t, g, request("x"+sessionName+"="+c.Value))
		wantUnauthenticated(t, g, request("x="+sessionName+"="+c.Value))

		// A session that the host keeps under another name, and that names somebody.
		values := map[any]any{"user": "alice"}
		wantUnauthenticated(t, g, withCookie(h.encoded(t, "preferences", values)))
		wantSignedIn(t, g, withCookie(h.encoded(t, sessionName, values)), "alice")
	})
}

func TestFirstOfTwoCookiesCountsAsInNetHTTP(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		alice, bob := h.cookie(t, "alice").Value, h.cookie(t, "bob").Value
		g := warmed(t, h, opts, h.cookie(t, "alice"))
		wantSignedIn(t, g, withCookie(alice), "alice")
		pair := func(a, b string) string { return sessionName + "=" + a + "; " + sessionName + "=" + b }
		wantSignedIn(t, g, request(pair(alice, bob)), "alice")
		wantSignedIn(t, g, request(pair(bob, alice)), "bob")
		wantSignedIn(t, g, request(sessionName+"="+bob, sessionName+"="+alice), "bob")
		wantUnauthenticated(t, g, request(pair("forged", alice)))
		wantUnauthenticated(t, g, request(sessionName+" =forged; "+sessionName+"="+alice))
		wantUnauthenticated(t, g, request(pair(`"forged"`, alice)))
		wantSignedIn(t, g, request(sessionName+`="`+alice+`"`), "alice")
		wantSignedIn(t, g, request("a=b;;\t"+sessionName+"="+alice+" ; c"), "alice")
		wantUnauthenticated(t, g, request(sessionName+"= "+alice))
	})
}

func TestTooManyCookiesAreUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		c := h.cookie(t, "alice")
		g := warmed(t, h, opts, c)
		wantSignedIn(t, g, request(strings.Repeat("a=b; ", 200)+sessionName+"="+c.Value), "alice")
		wantUnauthenticated(t, g, request(strings.Repeat("a=b; ", 5000)+sessionName+"="+c.Value)) // net/http reads none of them
	})
}

func TestExpiredCookieIsUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost()
			h.store.MaxAge(600)
			c := h.cookie(t, "alice")
			g := warmed(t, h, opts, c)
			time.Sleep(600 * time.Second)
			wantSignedIn(t, g, withCookie(c.Value), "alice")
			time.Sleep(time.Second)
			wantUnauthenticated(t, g, withCookie(c.Value))
		})
	})
}

func TestCookieOfWithdrawnKeysIsUnauthenticated(t *testing.T) {
	fresh := securecookie.CodecsFromPairs([]byte("another hash key of 32 bytes ---"), blockKey)[0]
	old := newHost().store.Codecs[0]
	type codecs = []securecookie.Codec
	for _, tt := range []struct {
		name          string
		before, after codecs
	}{
		{"replaced", codecs{old}, codecs{fresh}},
		{"replaced by two", codecs{old}, codecs{fresh, fresh}},
		{"removed from behind the new ones", codecs{fresh, old}, codecs{fresh}},
		{"removed from before the new ones", codecs{old, fresh}, codecs{fresh}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
				h := newHost()
				h.store.Codecs = codecs{old}
				c := h.cookie(t, "alice")
				h.store.Codecs = tt.before
				g := warmed(t, h, opts, c)
				h.store.Codecs = tt.after
				wantUnauthenticated(t, g, withCookie(c.Value))
				wantSignedIn(t, g, withCookie(h.cookie(t, "alice").Value), "alice")
			})
		})
	}
}

func TestCookieOfKeysReplacedInPlaceIsUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		c := h.cookie(t, "alice")
		g := warmed(t, h, opts, c)
		h.store.Codecs[0] = securecookie.New([]byte("another hash key of 32 bytes ---"), blockKey)
		wantUnauthenticated(t, g, withCookie(c.Value))
	})
}

func TestSessionOfAWrongTypeIsUnauthenticated(t *testing.T) {
	gates(t, func(t *testing.T, opts []func(*middleware.SessionConfig)) {
		h := newHost()
		g := session(h.store, h.user, opts...)
		for _, value := range []any{
			"alice",
			42,
			[]string{"user", "alice"},
			map[string]string{"user": "alice"},
			map[any]any{"user": 42},
			map[any]any{"USER": "alice"},
			map[any]any{"user": ""},
			map[any]any{},
			struct{ User string }{"alice"},
		} {
			for range 2 {
				if w, user := visit(g, withCookie(h.encoded(t, sessionName, value))); user != "" || w.Code != http.StatusUnauthorized {
					t.Errorf("%T %v: let through %q with status %d, want nobody and 401", value, value, user, w.Code)
				}
			}
		}
	})
}

// returnPaths are tried as the target of a request and as what a login handler is told.
var returnPaths = []struct {
	path string
	safe bool
}{
	{"/", true},
	{"/pme/view/SxQL3iGyoDo", true},
	{"/pme/?q=meeting%20room&q=a+b", true},
	{"/pme/?q=meeting%C2%A0room", true},
	{"/pme/?u=https://other.example//x", true},
	{"/pme/view/caf%C3%A9", true},
	{"/a%2fb", true},
	{"/a/../b", true},
	{"/page#part", true},
	{"/" + strings.Repeat("a", 2047), true},

	{"", false},
	{"pme", false},
	{"?next", false},
	{"#part", false},
	{"//other.example", false},
	{"///other.example", false},
	{`/\other.example`, false},
	{`\/other.example`, false},
	{`/a\b`, false},
	{`/a?b\c`, false},
	{"/%5cother.example", false},
	{"/%5Cother.example", false},
	{"/a?b=%5c", false},
	{"/%2fother.example", false},
	{"/%2Fother.example", false},
	{"/.//other.example", false},
	{"/..//other.example", false},
	{"/a/%2fother.example", false},
	{"/%09/other.example", false},
	{"/\t/other.example", false},
	{"/\n/other.example", false},
	{"/%0d%0aSet-Cookie:%20a=b", false},
	{"/a?b=%0d%0aSet-Cookie:%20a=b", false},
	{" /a", false},
	{"/ /a", false},
	{"/%20/a", false},
	{"/a ", false},
	{"/%00", false},
	{"/%7f", false},
	{"/%c2%85", false},
	{"/%e3%80%80/a", false},
	{"/%c0%af%c0%afother.example", false},
	{"/%ff", false},
	{"/%", false},
	{"/%zz", false},
	{"/a?b=%z", false},
	{"/caf\u00e9", false},
	{"http://other.example/", false},
	{"http:/other.example", false},
	{"https:other.example", false},
	{"javascript:alert(1)", false},
	{"/" + strings.Repeat("a", 2048), false},
}

func TestReturnPathNeverLeavesTheHost(t *testing.T) {
	for _, tt := range returnPaths {
		want := "/"
		if tt.safe {
			want = tt.path
		}
		if got, ok := middleware.LocalPath(tt.path); got != want || ok != tt.safe {
			t.Errorf("LocalPath(%q) = %q, %v; want %q, %v", tt.path, got, ok, want, tt.safe)
		}
	}
}

func TestRedirectToLogInCarriesOnlySafeReturnPaths(t *testing.T) {
	g := ask(nobody)
	for _, tt := range returnPaths {
		r := navigation(request())
		r.RequestURI = tt.path
		w, _ := visit(g, r)
		location, err := w.Result().Location()
		if err != nil {
			t.Errorf("%q: %v", tt.path, err)
			continue
		}
		want := "/"
		if tt.safe {
			want = tt.path
		}
		if got := fmt.Sprint(location.Query()["next"]); got != fmt.Sprintf("[%s]", want) || location.Path != "/login" {
			t.Errorf("%q: redirected to %q, want /login and back to %q", tt.path, location, want)
		}
	}
}
