package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware/oidclogin"
)

const (
	office     = "SxQL3iGyoDo" // for facilities
	laboratory = "Zh14WDtkjdC" // for research
	dataCentre = "RpcBbeJYb8K" // for everybody at example.com
)

// world is the example running, with Matterport behind it, and people's browsers in front.
type world struct {
	t          *testing.T
	origin     string
	site       *site
	matterport *matterporttest.Running
	log        *buffer
	later      atomic.Int64 // how far the intranet's clock is ahead of the provider's
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start runs the program as main does, but for its environment.
func start(t *testing.T) *world {
	w := &world{t: t, log: new(buffer)}
	w.matterport = matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{
		{ID: office, Name: "Head office"}, {ID: laboratory, Name: "Laboratory"}, {ID: dataCentre, Name: "Data centre"},
	}})
	env := map[string]string{
		"MATTERPORT_CLIENT_ID":     matterporttest.DefaultClientID,
		"MATTERPORT_CLIENT_SECRET": matterporttest.DefaultClientSecret,
		"MATTERPORT_API_URL":       w.matterport.URL,
		"MATTERPORT_SHOWCASE_URL":  w.matterport.URL,
	}
	p := program
	p.Build = func(where demo.Site, cfg pme.Config) (demo.App, error) {
		s, err := newSite(where, cfg, func(c *oidclogin.Config) {
			c.Now = func() time.Time { return time.Now().Add(time.Duration(w.later.Load())) }
		})
		w.site = s
		return s, err
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := p.Run(ctx, []string{"-addr", "127.0.0.1:0", "-allow", "../../testdata/allow-groups.yaml"},
			func(name string) (string, bool) { v, ok := env[name]; return v, ok }, stdout, w.log)
		_ = stdout.CloseWithError(fmt.Errorf("the program has ended: %w", err))
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	line := make([]byte, 200)
	n, err := ready.Read(line)
	if err != nil {
		t.Fatal(err, w.log)
	}
	w.origin = regexp.MustCompile(`http://[0-9.:]+`).FindString(string(line[:n]))
	return w
}

// browser is one person's, with its own cookies.
type browser struct {
	*world
	http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b := &browser{world: w, Client: http.Client{Jar: jar, Transport: &http.Transport{}, Timeout: 10 * time.Second}}
	w.t.Cleanup(b.CloseIdleConnections)
	return b
}

// open navigates to an address, following redirects, and returns where it ends.
func (b *browser) open(method, address string, form url.Values) (at *url.URL, body string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.Request.URL, string(text)
}

// signIn goes to a page of the intranet and signs in at the provider on the way.
func (b *browser) signIn(name string) {
	b.t.Helper()
	at, body := b.open(http.MethodGet, b.origin+"/pme/", nil)
	if !strings.HasPrefix(at.String(), b.site.provider.Issuer) {
		b.t.Fatalf("not at the provider but at %v", at)
	}
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(body)
	if id == nil {
		b.t.Fatalf("no form in %s", body)
	}
	at, body = b.open(http.MethodPost, b.site.provider.Issuer+"/signin", url.Values{"id": {id[1]}, "username": {name}, "password": {"demo"}})
	if only := name == "carol"; at.Path != "/pme/" && (!only || at.Path != "/pme/view/"+dataCentre) { // who has one space is led to it
		b.t.Fatalf("%s ends up at %v: %s\n%s", name, at, body, b.log)
	}
}

// token asks for one as a page's script does.
func (b *browser) token(model string) (status int, token string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.origin+"/pme/token?modelId="+model, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, body.AccessToken
}

func (b *browser) wantToken(model string) string {
	b.t.Helper()
	status, token := b.token(model)
	if status != http.StatusOK || !b.matterport.Live(token) {
		b.t.Fatalf("%d, want a live token\n%s", status, b.log)
	}
	return token
}

func (b *browser) wantStatus(model string, want int) {
	b.t.Helper()
	if status, _ := b.token(model); status != want {
		b.t.Errorf("%d, want %d\n%s", status, want, b.log)
	}
}

func TestPeopleSeeWhatTheirGroupsAndDomainsGrant(t *testing.T) {
	w := start(t)
	for name, sees := range map[string]map[string]int{
		"alice": {office: 200, laboratory: 403, dataCentre: 200},
		"bob":   {office: 403, laboratory: 200, dataCentre: 403},
		"carol": {office: 403, laboratory: 403, dataCentre: 200},
	} {
		b := w.browser()
		b.wantStatus(office, http.StatusUnauthorized)
		b.signIn(name)
		for model, want := range sees {
			b.wantStatus(model, want)
		}
	}
}

func TestSigningOutEndsTheTourAndTheSession(t *testing.T) {
	w := start(t)
	b := w.browser()
	b.signIn("alice")
	token := b.wantToken(office)
	site, err := url.Parse(w.origin)
	if err != nil {
		t.Fatal(err)
	}
	copied := w.browser()
	copied.Jar.SetCookies(site, b.Jar.Cookies(site))
	copied.wantStatus(office, http.StatusOK)

	at, body := b.open(http.MethodPost, w.origin+"/auth/logout", url.Values{}) // by way of the provider
	if at.String() != w.origin+"/auth/signed-out" || !strings.Contains(body, "You are signed out.") || !strings.Contains(body, ">Sign in</a>") {
		t.Errorf("ends at %v: %s", at, body)
	}
	b.wantStatus(office, http.StatusUnauthorized)
	copied.wantStatus(office, http.StatusUnauthorized)
	if !w.matterport.Deleted(token) {
		t.Error("the token lives on at Matterport")
	}
}

// The provider's access tokens live for five minutes. As they run out, the session is renewed with the
// refresh token; once the provider has ended that, the session ends as well, and the tour with it.
func TestSessionIsRenewedUntilTheProviderRefuses(t *testing.T) {
	w := start(t)
	b := w.browser()
	b.signIn("alice")
	site, err := url.Parse(w.origin)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Jar.Cookies(site)[0].Value

	w.later.Store(int64(6 * time.Minute))
	token := b.wantToken(office)
	if b.Jar.Cookies(site)[0].Value == before {
		t.Error("the session was not renewed")
	}

	if err := w.site.provider.Storage.TerminateSession(t.Context(), "alice", "intranet"); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(office, http.StatusOK) // not asked again so soon
	w.later.Store(int64(12 * time.Minute))
	b.wantStatus(office, http.StatusUnauthorized)
	if !w.matterport.Deleted(token) {
		t.Error("the token lives on at Matterport")
	}
}

func TestBackChannelLogoutSparesTheOtherPeople(t *testing.T) {
	w := start(t)
	alice, bob := w.browser(), w.browser()
	alice.signIn("alice")
	bob.signIn("bob")
	alices, bobs := alice.wantToken(office), bob.wantToken(laboratory)

	now := time.Now()
	claims := map[string]any{
		"iss": w.site.provider.Issuer, "aud": "intranet", "sub": "alice", "jti": "one",
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	provider := w.browser() // it has no session here, and needs none
	logout := func() int {
		form := strings.NewReader(url.Values{"logout_token": {w.sign(claims)}}.Encode())
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.origin+"/auth/backchannel-logout", form)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := provider.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if status := logout(); status != http.StatusOK {
		t.Fatalf("%d\n%s", status, w.log)
	}
	alice.wantStatus(office, http.StatusUnauthorized)
	if !w.matterport.Deleted(alices) {
		t.Error("alice's token lives on at Matterport")
	}
	bob.wantStatus(laboratory, http.StatusOK)
	if !w.matterport.Live(bobs) {
		t.Error("bob's tour has ended, too")
	}
	if status := logout(); status != http.StatusBadRequest {
		t.Errorf("replayed: %d, want 400", status)
	}
}

// sign makes a token with the provider's own key.
func (w *world) sign(claims map[string]any) string {
	w.t.Helper()
	token, err := w.site.provider.Sign(w.t.Context(), claims)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func TestNoSecretIsLogged(t *testing.T) {
	w := start(t)
	b := w.browser()
	b.signIn("alice")
	token := b.wantToken(office)
	log := w.log.String()
	for what, secret := range map[string]string{
		"token": token, "client secret": matterporttest.DefaultClientSecret, "provider's secret": w.site.provider.Secret(),
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the %s is in the log:\n%s", what, log)
		}
	}
}
