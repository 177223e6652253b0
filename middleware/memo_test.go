package middleware_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
)

// wantAsked fails unless the host's user function has run that often.
func wantAsked(tb testing.TB, h *host, want int64) {
	tb.Helper()
	if got := h.asked.Load(); got != want {
		tb.Errorf("the host was asked %d times, want %d", got, want)
	}
}

func TestRememberedCookieIsNotDecodedAgain(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	alice, bob := h.cookie(t, "alice"), h.cookie(t, "bob")
	for range 5 {
		wantSignedIn(t, g, withCookie(alice.Value), "alice")
		wantSignedIn(t, g, request("a=b; "+sessionName+"="+bob.Value+"; c=d"), "bob")
	}
	wantAsked(t, h, 2)
}

func TestRememberOfZeroOrLessAsksEveryTime(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second} {
		h := newHost()
		g := session(h.store, h.user, remember(d))
		c := h.cookie(t, "alice")
		for range 3 {
			wantSignedIn(t, g, withCookie(c.Value), "alice")
		}
		g.Invalidate("alice")
		wantAsked(t, h, 3)
	}
}

func TestInvalidateDropsOneUserOnly(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	alice1, bob := h.cookie(t, "alice"), h.cookie(t, "bob")
	alice2 := h.encoded(t, sessionName, map[any]any{"user": "alice", "device": "phone"})
	everybody := func() {
		wantSignedIn(t, g, withCookie(alice1.Value), "alice")
		wantSignedIn(t, g, withCookie(alice2), "alice")
		wantSignedIn(t, g, withCookie(bob.Value), "bob")
	}
	everybody()
	everybody()
	wantAsked(t, h, 3)
	g.Invalidate("alice")
	everybody()
	wantAsked(t, h, 5)
}

func TestForgetDuringADecodingKeepsItFromBeingRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost()
		asking := make(chan struct{})
		g := session(h.store, func(s *sessions.Session) (identity.User, error) {
			if h.asked.Load() == 0 {
				defer func() { asking <- struct{}{}; <-asking }()
			}
			return h.user(s)
		})
		c := h.cookie(t, "alice")
		var first sync.WaitGroup
		first.Go(func() { wantSignedIn(t, g, withCookie(c.Value), "alice") })
		<-asking
		g.Invalidate("alice")
		asking <- struct{}{}
		first.Wait()
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 2)
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 2)
	})
}

// foreignCodec is a codec whose expiry the gate cannot know.
type foreignCodec struct {
	securecookie.Codec
	_ []byte // not comparable
}

// wrappedStore is a store of the host's own, which may look at more than the cookie.
type wrappedStore struct{ *sessions.CookieStore }

func TestCookieOfUnknownExpiryIsNeverRemembered(t *testing.T) {
	for _, tt := range []struct {
		name  string
		store func(h *host) sessions.Store
	}{
		{"foreign codec", func(h *host) sessions.Store {
			h.store.Codecs[0] = foreignCodec{Codec: h.store.Codecs[0]}
			return h.store
		}},
		{"foreign codec behind a known one", func(h *host) sessions.Store {
			h.store.Codecs = append(h.store.Codecs, foreignCodec{Codec: h.store.Codecs[0]})
			return h.store
		}},
		{"wrapped store", func(h *host) sessions.Store { return wrappedStore{h.store} }},
		{"file store", func(*host) sessions.Store { return sessions.NewFilesystemStore(t.TempDir(), hashKey) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost()
			store := tt.store(h)
			g := session(store, h.user)
			c := signIn(t, store, "alice")
			for range 3 {
				wantSignedIn(t, g, withCookie(c.Value), "alice")
			}
			g.Invalidate("alice")
			wantAsked(t, h, 3)
		})
	}
}

func TestCodecThatBecomesForeignEndsTheMemory(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	c := h.cookie(t, "alice")
	wantSignedIn(t, g, withCookie(c.Value), "alice")
	h.store.Codecs[0] = foreignCodec{Codec: h.store.Codecs[0]}
	for range 2 {
		wantSignedIn(t, g, withCookie(c.Value), "alice")
	}
	wantAsked(t, h, 3)
}

func TestMemoryServesNewKeysAfterARotation(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	wantSignedIn(t, g, withCookie(h.cookie(t, "alice").Value), "alice")
	h.store.Codecs = securecookie.CodecsFromPairs([]byte("another hash key of 32 bytes ---"))
	c := h.cookie(t, "alice")
	for range 3 {
		wantSignedIn(t, g, withCookie(c.Value), "alice")
	}
	wantAsked(t, h, 2)
}

func TestUnauthenticatedCookiesAreNotRemembered(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	c := h.cookie(t, "")
	for range 3 {
		wantUnauthenticated(t, g, withCookie(c.Value))
	}
	wantAsked(t, h, 3)
}

func TestLongCookieIsNeverRemembered(t *testing.T) {
	h := newHost()
	h.store.Codecs[0].(*securecookie.SecureCookie).MaxLength(0)
	g := session(h.store, h.user)
	long := h.encoded(t, sessionName, map[any]any{"user": "alice", "cart": strings.Repeat("x", 3000)})
	if len(long) <= 4096 {
		t.Fatalf("the cookie has %d bytes only", len(long))
	}
	for range 3 {
		wantSignedIn(t, g, withCookie(long), "alice")
	}
	wantAsked(t, h, 3)
}

func TestMemoryIsBounded(t *testing.T) {
	const bound, newest, people = 8192, 1000, 8192 + 1000
	// Neither encryption nor many values: this test decodes each cookie twice.
	h := &host{store: sessions.NewCookieStore(hashKey)}
	g := session(h.store, h.user, remember(time.Hour))
	values := make([]string, people)
	for i := range values {
		values[i] = h.encoded(t, sessionName, map[any]any{"user": fmt.Sprint("user-", i)})
		wantSignedIn(t, g, withCookie(values[i]), fmt.Sprint("user-", i))
	}
	wantAsked(t, h, people)
	// From the newest to the oldest, so that what is remembered is found before it is displaced.
	for i := len(values) - 1; i >= 0; i-- {
		if i == people-newest {
			// A few of them may have met in one set; without the order of age most would be gone.
			if again := h.asked.Load() - people; again > newest/20 {
				t.Errorf("%d of the %d newest cookies had been displaced, want the oldest displaced first", again, newest)
			}
		}
		wantSignedIn(t, g, withCookie(values[i]), fmt.Sprint("user-", i))
	}
	remembered := 2*people - h.asked.Load()
	if remembered > bound {
		t.Errorf("%d cookies were remembered, want at most %d", remembered, bound)
	}
	if remembered < bound/2 {
		t.Errorf("only %d cookies were remembered, want most of %d", remembered, bound)
	}
}

func TestPersonRememberedIsNotTheHostsToChange(t *testing.T) {
	h := newHost()
	groups := []string{"facilities"}
	g := session(h.store, func(s *sessions.Session) (identity.User, error) {
		u, err := h.user(s)
		u.Groups = groups
		return u, err
	})
	c := h.cookie(t, "alice")
	wantSignedIn(t, g, withCookie(c.Value), "alice")
	groups[0] = "administrators"
	g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if u, _ := identity.FromContext(r.Context()); u.Groups[0] != "facilities" {
			t.Errorf("groups %q, want those of the recognition", u.Groups)
		}
	})).ServeHTTP(nil, withCookie(c.Value))
}

func TestManyAtOnceAreEachRecognised(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	var all sync.WaitGroup
	for i := range 8 {
		id := fmt.Sprint("user-", i%4)
		c := h.cookie(t, id)
		all.Go(func() {
			for n := range 200 {
				if _, got := visit(g, withCookie(c.Value)); got != id {
					t.Errorf("let through %q, want %q", got, id)
				}
				if n%50 == 0 {
					g.Invalidate(id)
				}
			}
		})
	}
	all.Wait()
}

func TestRecognitionFromMemoryMakesTwoAllocations(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	next := g.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := request("theme=dark; " + sessionName + "=" + h.cookie(t, "alice").Value)
	if n := testing.AllocsPerRun(1000, func() { next.ServeHTTP(nil, r) }); n > 2 {
		t.Errorf("%v allocations, want the context's and the request's", n)
	}
}
