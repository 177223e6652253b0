package middleware_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

func TestMemoryEndsAfterRemember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost()
		g := session(h.store, h.user, remember(10*time.Second))
		c := h.cookie(t, "alice")
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		time.Sleep(10*time.Second - 1)
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 1)
		time.Sleep(time.Nanosecond)
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 2)
		time.Sleep(10*time.Second - 1) // a cookie recognized again replaces the old entry
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 2)
	})
}

func TestMemoryLastsOneMinuteByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost()
		g := session(h.store, h.user)
		c := h.cookie(t, "alice")
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		time.Sleep(time.Minute - 1)
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 1)
		time.Sleep(time.Nanosecond)
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		wantAsked(t, h, 2)
	})
}

func TestRememberDoesNotProlongACookie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost()
		h.store.MaxAge(60)
		g := session(h.store, h.user, remember(time.Hour))
		c := h.cookie(t, "alice")
		wantSignedIn(t, g, withCookie(c.Value), "alice")
		time.Sleep(61 * time.Second)
		wantUnauthenticated(t, g, withCookie(c.Value))
	})
}

func TestMemoryEndsWithTheStrictestMaximumAge(t *testing.T) {
	for _, tt := range []struct {
		name      string
		configure func(*sessions.CookieStore)
	}{
		{"of the options", func(s *sessions.CookieStore) { s.MaxAge(300); s.Options.MaxAge = 60 }},
		{"of the first codec", func(s *sessions.CookieStore) { limitAge(s, 0, 60); limitAge(s, 1, 300) }},
		{"of a codec before one without", func(s *sessions.CookieStore) { limitAge(s, 0, 60); limitAge(s, 1, 0) }},
		{"of the last codec", func(s *sessions.CookieStore) { limitAge(s, 0, 300); limitAge(s, 1, 60) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &host{store: sessions.NewCookieStore(hashKey, blockKey, hashKey, blockKey)}
				h.store.Options.MaxAge = 0
				tt.configure(h.store)
				g := session(h.store, h.user, remember(time.Hour))
				c := h.cookie(t, "alice")
				wantSignedIn(t, g, withCookie(c.Value), "alice")
				time.Sleep(60 * time.Second)
				wantSignedIn(t, g, withCookie(c.Value), "alice")
				wantAsked(t, h, 1)
				time.Sleep(time.Second)
				// Another codec may still accept the cookie: that is the store's decision to make.
				asked := h.asked.Load()
				_, user := visit(g, withCookie(c.Value))
				if user != "" && h.asked.Load() == asked {
					t.Error("let through from memory after the cookie's expiry")
				}
			})
		})
	}
}

func limitAge(s *sessions.CookieStore, codec, seconds int) {
	s.Codecs[codec].(*securecookie.SecureCookie).MaxAge(seconds)
}

func TestMaximumAgeThatIsLoweredCountsAtOnce(t *testing.T) {
	for name, lower := range map[string]func(*sessions.CookieStore){
		"in the store": func(s *sessions.CookieStore) { s.MaxAge(60) },
		"in the codec": func(s *sessions.CookieStore) { limitAge(s, 0, 60) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost()
				g := session(h.store, h.user, remember(time.Hour))
				c := h.cookie(t, "alice")
				wantSignedIn(t, g, withCookie(c.Value), "alice")
				time.Sleep(90 * time.Second)
				wantSignedIn(t, g, withCookie(c.Value), "alice")
				lower(h.store)
				wantUnauthenticated(t, g, withCookie(c.Value))
			})
		})
	}
}

func TestLoweredOptionCountsAtOnce(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	c := h.cookie(t, "alice")
	wantSignedIn(t, g, withCookie(c.Value), "alice")
	h.store.Options.MaxAge = 60
	wantSignedIn(t, g, withCookie(c.Value), "alice")
	wantAsked(t, h, 2)
}
