package oidclogin_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

const (
	failures = 300 // of one address at once
	someone  = "198.51.100.7"
)

// addressed returns a change that has the login know the clients' addresses: they are in a header of the tests.
func addressed(t *testing.T, listeners ...event.Listener) func(*oidclogin.Config) {
	t.Helper()
	return func(c *oidclogin.Config) {
		stream, err := event.New(event.Config{
			Logger: c.Logger, Listeners: listeners, Queue: 10_000,
			Client: func(r *http.Request) string { return r.Header.Get("X-Client") },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = stream.Shutdown(context.Background()) })
		c.Events = stream
	}
}

// from opens an address as a person at a client's address does.
func (b *browser) from(client, address string) answer {
	b.t.Helper()
	r := navigation(b.request(http.MethodGet, address, nil))
	r.Header.Set("X-Client", client)
	return b.do(r)
}

// forge comes back from the provider with a code that it has not issued.
func (b *browser) forge(client string) answer {
	b.t.Helper()
	callback := b.toCallback("/page")
	before, after, _ := strings.Cut(callback, "code=")
	_, rest, _ := strings.Cut(after, "&")
	return b.from(client, before+"code=forged&"+rest)
}

// exhaust has the provider refuse as many codes as an address may.
func (s *site) exhaust(t *testing.T, client string) {
	t.Helper()
	b := s.browser(t)
	for n := range failures {
		if a := b.forge(client); a.status != http.StatusBadRequest {
			t.Fatalf("forged code %d: status %d, want 400: %s", n+1, a.status, a.body)
		}
	}
}

func TestAddressCannotHaveTheProviderRefuseCodesForEver(t *testing.T) {
	heard := new(trail)
	p := newIDP(t)
	s := newSite(t, p, addressed(t, heard))
	s.exhaust(t, someone)
	called := p.called("/token")
	b := s.browser(t)
	for range 50 {
		a := b.forge(someone)
		after, err := strconv.Atoi(a.header.Get("Retry-After"))
		if a.status != http.StatusTooManyRequests || err != nil || after < 1 || after > 60 {
			t.Fatalf("status %d, Retry-After %q, want 429", a.status, a.header.Get("Retry-After"))
		}
		if !strings.Contains(a.body, "Too many sign-ins from your network have failed.") || !strings.Contains(a.body, "/auth/login?next=%2Fpage") {
			t.Errorf("the page does not say what to do: %s", a.body)
		}
	}
	if n := p.called("/token"); n != called {
		t.Errorf("the provider was asked about %d codes more", n-called)
	}
	r := b.request(http.MethodGet, b.toCallback("/page"), nil)
	r.Header.Set("X-Client", someone)
	if a := b.do(r); a.status != http.StatusTooManyRequests || !strings.Contains(a.body, `"error":"temporarily_unavailable"`) {
		t.Errorf("a script gets %d %s", a.status, a.body)
	}
	s.browser(t).signIn() // another address has nothing to do with it
	p.clock.pass(time.Second)
	if a := b.forge(someone); a.status != http.StatusBadRequest {
		t.Errorf("after a second: status %d, want 400", a.status)
	}
	if n := strings.Count(s.log.String(), "reason=too_many_requests"); n != 1 {
		t.Errorf("%d events of 51 refusals within a minute, want 1", n)
	}
	if n := strings.Count(s.log.String(), `msg="login refused"`); n != 100 {
		t.Errorf("%d events of %d forged codes, want 100", n, failures+1)
	}
}

// A login that is refused because of the limit can still be finished: a reload after the pause is enough.
func TestLoginOutlastsAFloodOfItsAddress(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p, addressed(t))
	b := s.browser(t)
	callback := b.toCallback("/page")
	s.exhaust(t, someone)
	if a := b.from(someone, callback); a.status != http.StatusTooManyRequests {
		t.Fatalf("status %d, want 429", a.status)
	}
	p.clock.pass(time.Second)
	if a := b.from(someone, callback); a.status != http.StatusSeeOther || a.location != "/page" {
		t.Errorf("after the pause: status %d to %q, want a sign-in", a.status, a.location)
	}
	b.wantSignedIn()
	forger := s.browser(t)
	for forger.forge(someone).status != http.StatusTooManyRequests {
		continue
	}
	b.wantSignedIn() // a session has nothing to do with the limit
}

// A company is behind one address, and begins to work at the same time.
func TestCompanyBehindOneAddressSignsIn(t *testing.T) {
	for what, change := range map[string][]func(*oidclogin.Config){
		"a known address": {addressed(t)}, "a proxy": nil,
	} {
		p := newIDP(t)
		s := newSite(t, p, change...)
		b := s.browser(t)
		for n := range suite.Rounds(400, 10_000) {
			b.Jar, _ = cookiejar.New(nil)
			if a := b.from(someone, b.toCallback("/page")); a.status != http.StatusSeeOther {
				t.Fatalf("%s: person %d gets %d: %s", what, n+1, a.status, a.body)
			}
		}
	}
}

// Where the address may be that of a proxy, no one is refused because of others.
func TestUnknownAddressIsNotLimited(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	for range 2 * failures {
		if a := b.forge(someone); a.status != http.StatusBadRequest {
			t.Fatalf("status %d, want 400", a.status)
		}
	}
	s.browser(t).signIn()
}

// What an operator has set up wrongly counts against no address.
func TestFaultsOfTheSetupDoNotCount(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p, addressed(t))
	b := s.browser(t)
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
		return true
	}
	for range failures + 10 {
		if a := b.from(someone, b.toCallback("/page")); a.status != http.StatusBadGateway {
			t.Fatalf("status %d, want 502", a.status)
		}
	}
	p.down = nil
	if a := b.from(someone, b.toCallback("/page")); a.status != http.StatusSeeOther {
		t.Errorf("once it is set right: status %d", a.status)
	}
}

// counting is a store that counts for several replicas.
type counting struct {
	store.Store
	*budget.Budget
	fails bool
}

func (c *counting) Spend(_ context.Context, name string, _ int, _ time.Duration) (time.Duration, error) {
	if c.fails {
		panic("secret")
	}
	return c.Budget.Spend(name), nil
}

func TestReplicasCountFailuresTogether(t *testing.T) {
	p := newIDP(t)
	shared := &counting{Store: oidclogin.NewMemoryStore(), Budget: budget.New(failures, time.Second, p.clock.Now)}
	replica := func() *site {
		return newSite(t, p, addressed(t), func(c *oidclogin.Config) { c.Store = shared })
	}
	one, other := replica(), replica()
	one.exhaust(t, someone)
	b := other.browser(t)
	if a := b.forge(someone); a.status != http.StatusBadRequest {
		t.Errorf("the first one elsewhere: status %d, want 400: it tells this replica", a.status)
	}
	if a := b.forge(someone); a.status != http.StatusTooManyRequests {
		t.Errorf("the next one: status %d, want 429", a.status)
	}
	shared.fails = true // this process counts alone then
	if a := b.forge("198.51.100.8"); a.status != http.StatusBadRequest {
		t.Errorf("while the store fails: status %d, want 400", a.status)
	}
	b.signIn()
	if log := other.log.String(); strings.Contains(log, "panic recovered in=secret") || !strings.Contains(log, "panic recovered") {
		t.Error("the log does not say that the store panicked")
	}
}
