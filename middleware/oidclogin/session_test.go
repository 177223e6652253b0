package oidclogin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func TestSeveralTabsSignInAtOnce(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	first, second := b.toCallback("/page?tab=1"), b.toCallback("/page?tab=2")
	for callback, want := range map[string]string{second: "/page?tab=2", first: "/page?tab=1"} {
		if a := b.open(callback); a.status != http.StatusSeeOther || a.location != want {
			t.Errorf("status %d to %q, want %q", a.status, a.location, want)
		}
	}
	b.wantSignedIn()
	if n := len(b.cookies()); n != 1 {
		t.Errorf("%d cookies are left, want the session's", n)
	}
}

func TestLoginsUnderwayAreBounded(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	var last string
	for i := range 20 {
		p.clock.pass(time.Second)
		last = b.toCallback(fmt.Sprintf("/page?n=%d&%s", i, strings.Repeat("x", 900)))
		size := 0
		for _, c := range b.cookies() {
			size += len(c.Name) + len(c.Value) + 3
		}
		if n := len(b.cookies()); n > 16 || size > 3<<10 {
			t.Fatalf("%d cookies of %d bytes", n, size)
		}
	}
	if a := b.open(last); a.status != http.StatusSeeOther {
		t.Errorf("status %d, want the newest to go on", a.status)
	}
	for range 20 {
		b.toCallback("/page")
		if n := len(b.cookies()); n > 17 {
			t.Fatalf("%d cookies, want the session's and 16 attempts", n)
		}
	}
	p.clock.pass(11 * time.Minute)
	b.toCallback("/page")
	if n := len(b.cookies()); n != 2 {
		t.Errorf("%d cookies, want the session's and that of the one login whose time is not over", n)
	}
}

func TestSessionEndsByIdleTimeAndByAge(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p, func(c *oidclogin.Config) { c.IdleTimeout, c.Lifetime = time.Hour, 3*time.Hour })
	idle, busy := s.browser(t), s.browser(t)
	idle.signIn()
	busy.signIn()
	p.clock.pass(14 * time.Minute)
	if a := idle.fetch("/page"); len(a.cookies) != 0 {
		t.Errorf("cookies %v before a quarter of the idle time has passed, want none", a.cookies)
	}
	p.clock.pass(time.Minute)
	if a := busy.fetch("/page"); len(a.cookies) != 1 || a.cookies[0].MaxAge != 3600 {
		t.Errorf("cookies %v, want the session extended by an hour", a.cookies)
	}
	p.clock.pass(45*time.Minute - time.Second)
	old := idle.sessionCookie().Value
	p.clock.pass(time.Second)
	wantCleared(t, s, old)
	idle.wantSignedOut()
	busy.wantSignedIn()
	for range 7 {
		p.clock.pass(15 * time.Minute)
		busy.wantSignedIn()
	}
	if a := busy.fetch("/page"); len(a.cookies) > 0 && a.cookies[0].MaxAge > 900 {
		t.Errorf("cookie for %d s, want it to end with the session", a.cookies[0].MaxAge)
	}
	p.clock.pass(15 * time.Minute)
	busy.wantSignedOut()
}

func TestKeysRotateWithoutSigningPeopleOut(t *testing.T) {
	p := newIDP(t)
	store := oidclogin.NewMemoryStore()
	keys := [][]byte{hashKey, blockKey}
	newer := [][]byte{bytes.Repeat([]byte("h"), 64), bytes.Repeat([]byte("b"), 16)}
	with := func(keys [][]byte) *site {
		return newSite(t, p, func(c *oidclogin.Config) { c.CookieKeys, c.Store = keys, store })
	}
	before := with(keys)
	b := before.browser(t)
	b.signIn()
	during := with(slices.Concat(newer, keys))
	value := b.sessionCookie().Value
	if a := during.browser(t).withSession(value); a.status != http.StatusOK {
		t.Errorf("old key: status %d, want 200", a.status)
	}
	p.clock.pass(time.Hour)
	a := during.browser(t).withSession(value)
	if len(a.cookies) != 1 {
		t.Fatalf("cookies %v, want the session sealed anew", a.cookies)
	}
	after := with(newer)
	if a := after.browser(t).withSession(a.cookies[0].Value); a.status != http.StatusOK {
		t.Errorf("new key: status %d, want 200", a.status)
	}
	wantCleared(t, after, value)
}

func TestCookiesSayEveryAttribute(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	plain := s.browser(t)
	wantAttributes(t, plain.open("/auth/login").cookies, false)
	wantAttributes(t, plain.open(plain.toCallback("/page")).cookies, false)

	o, err := oidclogin.New(oidclogin.Config{
		Issuer: p.URL, ClientID: clientID, RedirectURL: "https://intranet.example/auth/callback", CookieKeys: [][]byte{hashKey, blockKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	w := record(o, "/auth/login")
	wantAttributes(t, w.Result().Cookies(), true)
	r := request("__Host-pme-session=forged")
	w, _ = visit(o, r)
	wantAttributes(t, w.Result().Cookies(), true)
}

func wantAttributes(t *testing.T, cookies []*http.Cookie, secure bool) {
	t.Helper()
	if len(cookies) == 0 {
		t.Error("no cookies")
	}
	for _, c := range cookies {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != secure ||
			strings.HasPrefix(c.Name, "__Host-") != secure || c.MaxAge == 0 {
			t.Errorf("cookie %v", c)
		}
	}
}

func TestEndSessionsEndsAllOfOnePerson(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	desk, phone, bob := s.browser(t), s.browser(t), s.browser(t)
	desk.signIn()
	phone.signIn()
	p.claims["sub"] = "bob"
	bob.signIn()
	if err := s.login.EndSessions(t.Context(), p.URL+"#"+subject); err != nil {
		t.Fatal(err)
	}
	desk.wantSignedOut()
	phone.wantSignedOut()
	bob.wantSignedIn()
	delete(p.claims, "sub")
	desk.signIn()
	s.login.Invalidate(p.URL + "#" + subject)
	desk.wantSignedIn()
}

// printed returns v in every way of printing it, alone, behind a pointer, and inside other values.
func printed(t *testing.T, v any) string {
	t.Helper()
	var all bytes.Buffer
	pointer := reflect.New(reflect.TypeOf(v))
	pointer.Elem().Set(reflect.ValueOf(v))
	type holder struct{ Value any }
	for _, v := range []any{v, pointer.Interface(), holder{v}, []any{v}, map[string]any{"v": v}} {
		for _, verb := range "vTtbcdoOqxXUeEfFgGs" { // not p and w, for which fmt asks no method and go vet complains
			for _, flag := range []string{"", "+", "#", " ", "0", "-9", ".3", "# "} {
				fmt.Fprintf(&all, "%"+flag+string(verb)+"\n", v)
			}
		}
		slog.New(slog.NewJSONHandler(&all, nil)).Info("x", slog.Any("value", v))
		slog.New(slog.NewTextHandler(&all, nil)).Info("x", slog.Any("value", v))
		marshalled, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		all.Write(marshalled)
	}
	return all.String()
}

func TestConfigPrintsAsIssuerAndClientID(t *testing.T) {
	cfg := oidclogin.Config{Issuer: "https://id.example", ClientID: clientID, ClientSecret: clientSecret, CookieKeys: [][]byte{hashKey}}
	const want = "oidclogin.Config{https://id.example intranet}"
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(format, cfg); got != want {
			t.Errorf("%s prints %s, want %s", format, got, want)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("config", cfg))
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("config", &cfg))
	if n := strings.Count(log.String(), want); n != 2 {
		t.Errorf("the log has %d of 2 records with %s:\n%s", n, want, &log)
	}
	marshalled, err := json.Marshal(cfg)
	if err != nil || string(marshalled) != `"`+want+`"` {
		t.Errorf("JSON is %s, %v; want %q", marshalled, err, want)
	}
}

func TestNothingSecretIsWritten(t *testing.T) {
	p := newIDP(t)
	p.refresh = "a refresh token that must not be seen"
	s := newSite(t, p, func(c *oidclogin.Config) { c.KeepTokens = true })
	b := s.browser(t)
	callback := b.toCallback("/page")
	a := b.open(callback)
	raw := p.idToken("")
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		http.Error(w, clientSecret, http.StatusInternalServerError)
		return true
	}
	failed := s.browser(t)
	failed.open(failed.toCallback("/page"))
	cfg := oidclogin.Config{Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, CookieKeys: [][]byte{hashKey}}
	written := fmt.Sprint(s.log, a.body, a.header) + printed(t, cfg) + printed(t, s.login)
	var code string
	withQuery(t, callback, func(q url.Values) { code = q.Get("code") })
	for what, secret := range map[string]string{
		"client secret": clientSecret, "key": string(hashKey), "key as numbers": "48 49 50", "key in hexadecimal": "0x30, 0x31",
		"access token": "an access token", "refresh token": "a refresh token", "ID token": raw[:40], "code": code,
		"state": stateOf(t, callback), "session": b.sessionCookie().Value,
	} {
		if strings.Contains(strings.ReplaceAll(written, b.sessionCookie().String(), ""), secret) {
			t.Errorf("the %s is written", what)
		}
	}
}
