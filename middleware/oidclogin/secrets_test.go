package oidclogin_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/secret"
)

const otherSecret = "another client secret that must not be seen"

// refusing makes the provider refuse every client secret but the right one, as RFC 6749 §5.2 says.
func (p *idp) refusing() {
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		_, password, _ := r.BasicAuth()
		got, _ := url.QueryUnescape(password)
		if r.URL.Path != "/token" || got == clientSecret {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
		return true
	}
}

// secretSite has its client secret in a file.
func secretSite(t *testing.T, p *idp, content string) (*site, string) {
	path := filepath.Join(t.TempDir(), "client-secret")
	putSecret(t, path, content)
	source, err := secret.File(path)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, p, keepTokens, func(c *oidclogin.Config) { c.ClientSecret, c.ClientSecrets = "", source })
	t.Cleanup(func() {
		if strings.Contains(s.log.String(), "client secret that must not be seen") {
			t.Error("a secret is in the log")
		}
	})
	return s, path
}

func putSecret(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *site) told(kind string) int { return strings.Count(s.log.String(), `msg="`+kind+`"`) }

// awaitTold waits for the event that follows a look at a file.
func (s *site) awaitTold(t *testing.T, kind string, times int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); s.told(kind) < times && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := s.told(kind); n != times {
		t.Errorf("%q is told %d times, want %d", kind, n, times)
	}
}

func TestTheNextClientSecretIsTriedIfTheProviderRefusesOne(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	p.refusing()
	s, _ := secretSite(t, p, otherSecret+"\n"+clientSecret+"\n")
	b := s.browser(t)
	b.signIn()
	if n := p.called("/token"); n != 2 || s.told("secret rejected") != 1 {
		t.Errorf("%d calls, told %d times", n, s.told("secret rejected"))
	}
	p.clock.pass(5 * time.Minute)
	b.wantSignedIn() // a refresh; the other secret is tried again after some minutes
	if n := p.called("/token"); n != 4 {
		t.Errorf("%d calls after a renewal", n)
	}
	s.browser(t).signIn()
	if n := p.called("/token"); n != 5 {
		t.Errorf("%d calls after another login", n)
	}
}

func TestARenewalTakesTheSecretThatIsNewInTheFile(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	s, path := secretSite(t, p, clientSecret)
	b := s.browser(t)
	b.signIn()
	putSecret(t, path, otherSecret+"\n"+clientSecret) // the new one is not known yet
	p.refusing()
	for range 3 {
		p.clock.pass(5 * time.Minute)
		b.wantSignedIn()
	}
	if n := s.told("session not renewed"); n != 0 {
		t.Errorf("%d renewals failed", n)
	}
}

// A code or a refresh token that is refused is not shown again, with whatever secret.
func TestNoOtherSecretIsTriedForACodeThatIsRefused(t *testing.T) {
	for body, status := range map[string]int{
		`{"error":"invalid_grant"}`: http.StatusBadRequest, `{"error":"unauthorized_client"}`: http.StatusBadRequest,
		`{"error":"server_error"}`: http.StatusInternalServerError, `<html>`: http.StatusBadGateway, `{"error": "invalid_grant"}`: http.StatusUnauthorized,
	} {
		p := newIDP(t)
		s, _ := secretSite(t, p, otherSecret+"\n"+clientSecret)
		p.failing(status, body)
		b := s.browser(t)
		if a := b.open(b.toCallback("/page")); a.status < 400 || p.called("/token") != 1 {
			t.Errorf("%s: status %d after %d calls", body, a.status, p.called("/token"))
		}
	}
}

// Anyone can come to the callback with a code that is made up.
func TestCodesThatAreMadeUpPauseNoLogin(t *testing.T) {
	for _, body := range []string{`{"error":"access_denied"}`, `{"error":"invalid_request"}`, `{"error":"unauthorized"}`, `<html>`} {
		p := newIDP(t)
		p.down = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/token" || r.FormValue("code") != "made-up" {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(body))
			return true
		}
		s, _ := secretSite(t, p, clientSecret)
		for _, signedIn := range []bool{false, true} { // before the secret was accepted for the first time, and after
			attacker := s.browser(t)
			for range 5 {
				u, err := url.Parse(attacker.toCallback("/page"))
				if err != nil {
					t.Fatal(err)
				}
				q := u.Query()
				q.Set("code", "made-up")
				u.RawQuery = q.Encode()
				attacker.open(u.String())
			}
			s.browser(t).signIn()
			if s.told("secret rejected") != 0 {
				t.Errorf("%s, after a login: %v: the secret is told to be refused", body, signedIn)
			}
		}
	}
}

func TestAProviderThatRefusesEverySecretIsNotAskedForEachLogin(t *testing.T) {
	p := newIDP(t)
	p.failing(http.StatusUnauthorized, `{"error":"invalid_client"}`)
	s, _ := secretSite(t, p, otherSecret+"\n"+clientSecret)
	b := s.browser(t)
	for range 10 {
		if a := b.open(b.toCallback("/page")); a.status != http.StatusBadGateway {
			t.Errorf("status %d", a.status)
		}
	}
	if n := p.called("/token"); n != 6 || s.told("secret rejected") != 1 {
		t.Errorf("%d calls, told %d times", n, s.told("secret rejected"))
	}
	if !strings.Contains(s.log.String(), "is not asked again for 1s: check ClientID and ClientSecrets") {
		t.Error("the log does not say what to do")
	}
	p.refusing()
	p.clock.pass(2 * time.Second)
	b.signIn()
}

func TestClientSecretsAreChecked(t *testing.T) {
	for want, change := range map[string]func(*oidclogin.Config){
		"ClientSecret and ClientSecrets are both set": func(c *oidclogin.Config) { c.ClientSecrets = secret.Fixed(otherSecret) },
		"ClientSecrets: secret: there is no value":    func(c *oidclogin.Config) { c.ClientSecret, c.ClientSecrets = "", secret.Fixed() },
	} {
		cfg := oidclogin.Config{
			Issuer: "https://id.example", ClientID: "id", ClientSecret: clientSecret, RedirectURL: "https://a.example/callback",
			CookieKeys: [][]byte{hashKey, blockKey},
		}
		change(&cfg)
		if _, err := oidclogin.New(cfg); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "must not be seen") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

const (
	keyOne = "the first of the cookie keys, which is random"
	keyTwo = "the second of the cookie keys, also random"
)

// Keys are changed as documented, in two replicas with one file, while users are signed in. All of them stay signed in.
func TestCookieKeysAreReplacedWhileUsersAreSignedIn(t *testing.T) {
	p := newIDP(t)
	path := filepath.Join(t.TempDir(), "cookie-keys")
	putSecret(t, path, keyOne)
	source, err := secret.File(path)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, p, func(c *oidclogin.Config) { c.CookieKeys, c.CookieSecrets = nil, source })
	old := s.browser(t)
	old.signIn()
	late := s.browser(t)
	callback := late.toCallback("/page") // begun with the first key
	for i, content := range []string{keyOne + "\n" + keyTwo, keyTwo + "\n" + keyOne} {
		putSecret(t, path, content)
		source.Look(t.Context())
		old.wantSignedIn()
		s.awaitTold(t, "secret changed", i+1)
	}
	if a := late.open(callback); a.status != http.StatusSeeOther {
		t.Errorf("a login that began before: status %d", a.status)
	}
	fresh := s.browser(t)
	fresh.signIn()
	p.clock.pass(time.Hour) // cookies in use are written again
	old.wantSignedIn()
	unused := s.browser(t)
	unused.signIn()
	putSecret(t, path, keyTwo)
	source.Look(t.Context())
	for _, b := range []*browser{old, fresh, late} {
		b.wantSignedIn()
	}
	s.awaitTold(t, "secret changed", 3)
	putSecret(t, path, keyOne)
	source.Look(t.Context())
	for _, b := range []*browser{old, fresh, late, unused} { // remembered or not
		b.wantSignedOut()
	}
	s.awaitTold(t, "secret changed", 4)
	if strings.Contains(s.log.String(), "random") {
		t.Error("a key is in the log")
	}
}

// A stuckHandler of a log does not come back with a record of that message.
type stuckHandler struct {
	slog.Handler
	message string
	stuck   chan struct{} // closed when it has such a record
	goOn    chan struct{}
}

func (h *stuckHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *stuckHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

func (h *stuckHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == h.message {
		close(h.stuck)
		<-h.goOn
	}
	return h.Handler.Handle(ctx, r)
}

// What is remembered of a cookie does not outlive its key, though the login has not been told yet that it is gone.
func TestACookieIsNotRememberedLongerThanItsKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookie-keys")
	putSecret(t, path, keyOne)
	source, err := secret.File(path)
	if err != nil {
		t.Fatal(err)
	}
	h := &stuckHandler{Handler: slog.DiscardHandler, message: "secret changed", stuck: make(chan struct{}), goOn: make(chan struct{})}
	s := newSite(t, newIDP(t), func(c *oidclogin.Config) { c.CookieKeys, c.CookieSecrets, c.Logger = nil, source, slog.New(h) })
	defer close(h.goOn)
	b := s.browser(t)
	b.signIn()
	b.wantSignedIn() // and is remembered
	putSecret(t, path, keyTwo)
	source.Look(t.Context())
	<-h.stuck
	b.wantSignedOut()
}

// A login that could not be made is not told of its sources, and has no say in them.
func TestALoginThatFailsLeavesItsSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(logtest.Buffer)
		path := filepath.Join(t.TempDir(), "secret")
		putSecret(t, path, keyOne)
		var sources [2]*secret.Source
		for i := range sources {
			var err error
			if sources[i], err = secret.File(path); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := oidclogin.New(oidclogin.Config{
			Issuer: "https://id.example", ClientID: "id", CookieSecrets: sources[0], ClientSecrets: sources[1], Logger: slog.New(slog.NewTextHandler(log, nil)),
			RedirectURL: "https://a.example/" + strings.Repeat("[", 1000) + "/callback", // its LoginURL is too long, as brackets become %5B there
		}); err == nil || !strings.Contains(err.Error(), "LoginURL") {
			t.Fatal(err)
		}
		putSecret(t, path, "short")
		for _, source := range sources {
			source.Look(t.Context())
			if source.Values()[0] != "short" {
				t.Error("the login still checks values")
			}
		}
		time.Sleep(time.Minute) // the looks that Values has begun, and what is told
		synctest.Wait()
		if log.String() != "" {
			t.Error(log.String())
		}
	})
}

func TestShortCookieSecretsChangeNothing(t *testing.T) {
	p := newIDP(t)
	path := filepath.Join(t.TempDir(), "cookie-keys")
	putSecret(t, path, keyOne)
	source, err := secret.File(path)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, p, func(c *oidclogin.Config) { c.CookieKeys, c.CookieSecrets = nil, source })
	b := s.browser(t)
	b.signIn()
	for i, content := range []string{"half of the", keyOne + "\nshort", ""} {
		putSecret(t, path, content)
		source.Look(t.Context())
		b.wantSignedIn()
		s.awaitTold(t, "secret rejected", max(1, i)) // the first two for one reason
	}
	if strings.Contains(s.log.String(), "half of the") {
		t.Error("a value is in the log")
	}
	cfg := oidclogin.Config{Issuer: "https://id.example", ClientID: "id", RedirectURL: "https://a.example/callback", CookieSecrets: secret.Fixed("short")}
	if _, err := oidclogin.New(cfg); err == nil || !strings.Contains(err.Error(), "CookieSecrets: a value has less than 32 bytes") {
		t.Error(err)
	}
}

// Replicas are restarted one after another: first with both kinds of keys, and in the next deployment without CookieKeys. A
// user who signs in at one of them is signed in at those of the next and the last configuration.
func TestReplicasGoOverToCookieSecretsOneAfterAnother(t *testing.T) {
	p := newIDP(t)
	both := func(c *oidclogin.Config) { c.CookieSecrets = secret.Fixed(keyOne) }
	before, between := newSite(t, p), newSite(t, p, both)
	after := newSite(t, p, both, func(c *oidclogin.Config) { c.CookieSecrets, c.CookieKeys = secret.Fixed(keyOne), nil })
	for _, way := range []struct{ from, to *site }{{before, between}, {between, before}, {after, between}} {
		b := way.from.browser(t)
		b.signIn()
		r := way.to.browser(t).request(http.MethodGet, "/page", nil)
		r.AddCookie(b.sessionCookie())
		res, err := way.to.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("status %d", res.StatusCode)
		}
	}
}
