package oidclogin_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/securecookie"

	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// entraGroups are the object IDs of that many groups.
func entraGroups(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%08x-3c1d-4f0a-9e57-%012x", 0x9e3779b1*uint32(i+1), uint64(i)*0x9e3779b97f&0xffffffffffff)
	}
	return ids
}

// asEntra has the provider say of a user what Microsoft Entra ID says, with that many groups.
func (p *idp) asEntra(groups int) []string {
	ids := entraGroups(groups)
	p.claims["sub"] = "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ"
	p.claims["sid"] = "1b4b8c5e-3f7a-4c52-8a5d-2f1f1a0c9d7e"
	p.claims["name"] = "Alexandra Example-Lastname"
	p.claims["email"] = "alexandra.example-lastname@intranet.example.com"
	p.claims["groups"] = ids
	return ids
}

// countingStore counts the values that are saved and loaded under names with groups/.
type countingStore struct {
	store.Store
	saved, loaded, deleted atomic.Int32
}

func newCountingStore() *countingStore { return &countingStore{Store: oidclogin.NewMemoryStore()} }

func (c *countingStore) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	if strings.Contains(name, "/groups/") {
		c.saved.Add(1)
	}
	return c.Store.Save(ctx, name, value, ttl)
}

func (c *countingStore) Load(ctx context.Context, name string) ([]byte, error) {
	if strings.Contains(name, "/groups/") {
		c.loaded.Add(1)
	}
	return c.Store.Load(ctx, name)
}

func (c *countingStore) Delete(ctx context.Context, name string) error {
	if strings.Contains(name, "/groups/") {
		c.deleted.Add(1)
	}
	return c.Store.Delete(ctx, name)
}

// signInWith signs a user in who is in that many groups, and reports whether that worked, and whether it took
// the store.
func signInWith(t *testing.T, groups int) (signedIn, stored bool) {
	t.Helper()
	p := newIDP(t)
	want := p.asEntra(groups)
	counting := newCountingStore()
	s := newSite(t, p, func(c *oidclogin.Config) { c.Store = counting })
	b := s.browser(t)
	if a := b.open(b.toCallback("/page")); a.status != http.StatusSeeOther {
		return false, false
	}
	b.wantSignedIn()
	if diff := cmp.Diff(want, s.user().Groups); diff != "" {
		t.Errorf("%d groups (-want +got):\n%s", groups, diff)
	}
	if n := len(b.sessionCookie().String()); n > 4000 {
		t.Errorf("%d groups: the cookie has %d bytes", groups, n)
	}
	return true, counting.saved.Load() > 0
}

// mostGroups returns the largest number of groups for which ok holds.
func mostGroups(atMost int, ok func(groups int) bool) int {
	low, high := 0, atMost
	for low < high {
		if middle := (low + high + 1) / 2; ok(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// Config.KeepGroup and docs/identity-providers.md state both figures.
func TestGroupsThatFit(t *testing.T) {
	inCookie := mostGroups(1000, func(n int) bool { _, stored := signInWith(t, n); return !stored })
	atAll := mostGroups(10_000, func(n int) bool { signedIn, _ := signInWith(t, n); return signedIn })
	t.Logf("group IDs of 36 characters: %d fit into the cookie, %d at all", inCookie, atAll)
	if inCookie < 150 || inCookie >= 160 {
		t.Errorf("%d groups fit into the cookie; the documentation says about 150", inCookie)
	}
	if atAll < 3800 || atAll >= 3900 {
		t.Errorf("%d groups fit at all; the documentation says 3,800", atAll)
	}
}

func TestTooManyGroupsAreRefused(t *testing.T) {
	p := newIDP(t)
	p.asEntra(4000)
	watched := &watchedStore{Store: oidclogin.NewMemoryStore()}
	s := newSite(t, p, keepTokens, func(c *oidclogin.Config) { c.Store = watched })
	b := s.browser(t)
	wantRefused(b, b.open(b.toCallback("/page")), http.StatusForbidden)
	if watched.longest > 1024 {
		t.Errorf("%d bytes were saved of a user who is refused", watched.longest)
	}
	if !strings.Contains(fmt.Sprint(s.log), "keep fewer with KeepGroup") {
		t.Errorf("the log does not say what to do:\n%s", s.log)
	}

	p.claims["groups"] = groupNames(400)
	choosing := newSite(t, p, func(c *oidclogin.Config) {
		c.KeepGroup = func(g string) bool { return strings.HasSuffix(g, "00") }
	})
	choosing.browser(t).signIn()
	if diff := cmp.Diff([]string{"intranet-group-00", "intranet-group-100", "intranet-group-200", "intranet-group-300"}, choosing.user().Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

func TestGroupsThatDoNotFitIntoTheCookieAreInTheStore(t *testing.T) {
	p := newIDP(t)
	groups := p.asEntra(200)
	counting := newCountingStore()
	s := newSite(t, p, func(c *oidclogin.Config) { c.Store = counting })
	b := s.browser(t)
	b.signIn()
	for range 5 {
		b.wantSignedIn()
	}
	if saved, loaded := counting.saved.Load(), counting.loaded.Load(); saved != 1 || loaded != 1 {
		t.Errorf("the groups were saved %d times and loaded %d times, want once each", saved, loaded)
	}
	p.clock.pass(40 * time.Minute) // the cookie is written anew
	b.wantSignedIn()
	b.wantSignedIn()
	if diff := cmp.Diff(groups, s.user().Groups); diff != "" || counting.saved.Load() != 1 {
		t.Errorf("saved %d times, want once; groups (-want +got):\n%s", counting.saved.Load(), diff)
	}
	b.logout()
	p.claims["groups"] = entraGroups(10)
	few := s.browser(t)
	few.signIn()
	few.logout()
	if n := counting.deleted.Load(); n != 1 {
		t.Errorf("groups were deleted %d times as two sessions ended, want those in the store", n)
	}
	p.claims["groups"] = groups
	b.signIn()
	s.backChannel(t, p.logoutToken(map[string]any{"sub": nil, "sid": p.claims["sid"]}))
	if counting.deleted.Load() != 2 {
		t.Error("the provider has ended the session, and its groups are in the store")
	}
}

func TestStoreThatDoesNotLoadGroupsLetsNoRequestThrough(t *testing.T) {
	p := newIDP(t)
	groups := p.asEntra(200)
	down := &brokenStore{Store: oidclogin.NewMemoryStore()}
	with := func(c *oidclogin.Config) { c.Store = down }
	s := newSite(t, p, with)
	b, late := s.browser(t), s.browser(t)
	b.signIn()
	value := b.sessionCookie().Value
	callback := late.toCallback("/page")
	down.broken.Store(true)
	for _, at := range []*site{s, newSite(t, p, with)} { // one that remembers nothing too
		if a := at.browser(t).withSession(value); a.status != http.StatusServiceUnavailable || len(a.cookies) != 0 {
			t.Errorf("status %d, cookies %v; want 503 and the session left alone", a.status, a.cookies)
		}
	}
	if a := late.open(callback); a.status != http.StatusServiceUnavailable {
		t.Errorf("callback: status %d, want 503", a.status)
	}
	down.broken.Store(false)
	b.wantSignedIn()
	if diff := cmp.Diff(groups, s.user().Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	// Another store, or one that has lost them: without groups the session would be wrong.
	another := newSite(t, p)
	wantCleared(t, another, value)
}

// The groups of a session open under its own name only.
func TestGroupsOfAnotherSessionAreNotAccepted(t *testing.T) {
	p := newIDP(t)
	p.asEntra(200)
	swapping := &swappingStore{Store: oidclogin.NewMemoryStore()}
	s := newSite(t, p, func(c *oidclogin.Config) { c.Store = swapping })
	b := s.browser(t)
	p.claims["groups"] = append(entraGroups(200), "administrators")
	s.browser(t).signIn()
	p.claims["groups"] = entraGroups(200)
	b.signIn()
	swapping.first.Store(true)
	wantCleared(t, s, s.login.Resealed(t, b.sessionCookie().Value, 1)[0])
}

// swappingStore loads the groups that were saved first in place of all others.
type swappingStore struct {
	store.Store
	first atomic.Bool
	name  string
}

func (s *swappingStore) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	if s.name == "" && strings.Contains(name, "/groups/") {
		s.name = name
	}
	return s.Store.Save(ctx, name, value, ttl)
}

func (s *swappingStore) Load(ctx context.Context, name string) ([]byte, error) {
	if s.first.Load() && strings.Contains(name, "/groups/") {
		name = s.name
	}
	return s.Store.Load(ctx, name)
}

// Cookies of earlier versions were sealed by gorilla/securecookie.
func TestCookieOfAnEarlierVersionAsksForASignIn(t *testing.T) {
	s := newSite(t, newIDP(t))
	b := s.browser(t)
	b.signIn()
	payload := []byte("\x02\x100123456789abcdef\x05alice\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for _, name := range []string{"pme-session", "pme-session@" + base64.RawURLEncoding.EncodeToString([]byte("123456789"))} {
		old, err := securecookie.New(hashKey, blockKey).SetSerializer(securecookie.NopEncoder{}).Encode(name, payload)
		if err != nil {
			t.Fatal(err)
		}
		wantCleared(t, s, old)
		a := s.browser(t).openWith("/page", old)
		if a.status != http.StatusFound || !strings.HasPrefix(a.location, "/auth/login") {
			t.Errorf("status %d to %q, want to be sent to the login", a.status, a.location)
		}
	}
}

// openWith opens a page with that session cookie.
func (b *browser) openWith(path, session string) answer {
	b.t.Helper()
	r := navigation(b.request(http.MethodGet, path, nil))
	r.AddCookie(&http.Cookie{Name: "pme-session", Value: session})
	return b.do(r)
}

// policy is what a policy names, which can change.
type policy struct{ groups atomic.Pointer[[]string] }

func newPolicy(groups ...string) *policy {
	p := new(policy)
	p.name(groups...)
	return p
}

func (p *policy) name(groups ...string) { p.groups.Store(&groups) }

func (p *policy) NamedGroups() []string { return *p.groups.Load() }

// behind is a site with a policy, which is told of changes by the function returned.
func behind(t *testing.T, p *idp, policy *policy, change ...func(*oidclogin.Config)) (*site, func(groups ...string)) {
	t.Helper()
	s := newSite(t, p, change...)
	changed := s.login.KeepGroups(policy.NamedGroups)
	return s, func(groups ...string) {
		policy.name(groups...)
		changed()
	}
}

func TestSessionKeepsTheGroupsThatAreNamed(t *testing.T) {
	p := newIDP(t)
	groups := p.asEntra(200)
	counting := newCountingStore()
	s, _ := behind(t, p, newPolicy(groups[3], groups[150], "of others"), func(c *oidclogin.Config) { c.Store = counting })
	s.browser(t).signIn()
	u := s.user()
	if diff := cmp.Diff([]string{groups[3], groups[150]}, u.Groups); diff != "" || u.OmittedGroups != 198 {
		t.Errorf("%d groups are left out, want 198; the others (-want +got):\n%s", u.OmittedGroups, diff)
	}
	if counting.saved.Load() != 0 {
		t.Error("the store was used")
	}

	another := newPolicy(groups[4])
	s.login.KeepGroups(another.NamedGroups)
	s.browser(t).signIn()
	if diff := cmp.Diff([]string{groups[3], groups[4], groups[150]}, s.user().Groups); diff != "" {
		t.Errorf("behind two policies (-want +got):\n%s", diff)
	}
	s.login.KeepGroups(nil) // a policy that cannot say
	s.browser(t).signIn()
	if diff := cmp.Diff(groups, s.user().Groups); diff != "" || s.user().OmittedGroups != 0 {
		t.Errorf("all groups (-want +got):\n%s", diff)
	}
}

// So that an explanation can say why a rule does not match.
func TestSessionKeepsGroupsThatAreNearlyNamed(t *testing.T) {
	p := newIDP(t)
	p.claims["groups"] = []string{"Facilities", "facilities", "staff", "faciliti\u200bes"}
	s, _ := behind(t, p, newPolicy("facilities"))
	s.browser(t).signIn()
	if diff := cmp.Diff([]string{"Facilities", "facilities", "faciliti\u200bes"}, s.user().Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

func TestKeepGroupDecidesAlone(t *testing.T) {
	p := newIDP(t)
	s, name := behind(t, p, newPolicy("facilities"), func(c *oidclogin.Config) {
		c.KeepGroup = func(g string) bool { return g == "staff" }
	})
	b := s.browser(t)
	b.signIn()
	name("facilities", "staff")
	b.wantSignedIn()
	if u := s.user(); !slices.Equal(u.Groups, []string{"staff"}) || u.OmittedGroups != 0 {
		t.Errorf("groups %q, %d left out; want what KeepGroup keeps", u.Groups, u.OmittedGroups)
	}
}

// follow opens a page as a browser does, with all redirects, and returns how many there were.
func (b *browser) follow(path string) (a answer, redirects int) {
	b.t.Helper()
	a = b.open(path)
	for ; a.location != ""; redirects++ {
		if redirects == 20 {
			b.t.Fatalf("redirected for ever, now to %s", a.location)
		}
		a = b.open(a.location)
	}
	return a, redirects
}

func TestGroupThatIsNamedLaterAsksForASignIn(t *testing.T) {
	p := newIDP(t)
	s, name := behind(t, p, newPolicy("facilities"))
	alice, bob := s.browser(t), s.browser(t)
	alice.signIn()
	p.claims["sub"], p.claims["groups"] = "bob", []string{"facilities", "sales"}
	bob.signIn()
	delete(p.claims, "sub")
	delete(p.claims, "groups")
	name("facilities", "staff")
	logins := p.called("/authorize")

	// A script is not interrupted, and goes on with the groups of before.
	alice.wantSignedIn()
	if diff := cmp.Diff([]string{"facilities"}, s.user().Groups); diff != "" {
		t.Errorf("groups of a script (-want +got):\n%s", diff)
	}
	if a, n := alice.follow("/page?a=b"); a.status != http.StatusOK || n != 4 {
		t.Errorf("status %d after %d redirects, want 200 after login, provider, callback and page", a.status, n)
	}
	if diff := cmp.Diff([]string{"facilities", "staff"}, s.user().Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for range 3 {
		if a := alice.open("/page"); a.status != http.StatusOK {
			t.Errorf("asked again: status %d to %q", a.status, a.location)
		}
		if a := bob.open("/page"); a.status != http.StatusOK { // who is not in the group
			t.Errorf("bob: status %d to %q", a.status, a.location)
		}
	}
	name("facilities") // fewer groups ask for nothing
	if a := alice.open("/page"); a.status != http.StatusOK {
		t.Errorf("with fewer groups: status %d to %q", a.status, a.location)
	}
	if n := p.called("/authorize") - logins; n != 1 {
		t.Errorf("%d logins, want 1", n)
	}
}

// The provider is away, or does not let the user in at the moment.
func TestFailedSignInForAGroupLeavesTheSession(t *testing.T) {
	p := newIDP(t)
	s, name := behind(t, p, newPolicy("facilities"))
	b := s.browser(t)
	b.signIn()
	name("facilities", "staff")
	p.response.Set("error", "temporarily_unavailable")
	p.response.Set("code", "")
	if a, _ := b.follow("/page"); a.status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", a.status)
	}
	for range 3 {
		if a := b.open("/page"); a.status != http.StatusOK {
			t.Errorf("status %d to %q, want the session to go on", a.status, a.location)
		}
	}
	p.response.Del("error")
	p.response.Del("code")
	p.clock.pass(5 * time.Minute)
	if a, n := b.follow("/page"); a.status != http.StatusOK || n == 0 || !slices.Contains(s.user().Groups, "staff") {
		t.Errorf("status %d after %d redirects, groups %q; want the new group after a while", a.status, n, s.user().Groups)
	}
}

// balancer sends requests for one replica to either of two.
type balancer struct {
	http.RoundTripper
	one, two string
	choice   *rand.Rand
}

func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == b.one && b.choice.IntN(2) == 1 {
		r.URL.Host = b.two
	}
	return b.RoundTripper.RoundTrip(r)
}

// While a change is on its way, replicas name different groups.
func TestReplicasThatNameOtherGroupsSendNoUserBackAndForth(t *testing.T) {
	p := newIDP(t)
	for what, groups := range map[string][]string{"few": {"facilities", "staff", "sales"}, "many": append(entraGroups(300), "facilities", "staff", "sales")} {
		p.claims["groups"] = groups
		one, _ := behind(t, p, newPolicy("facilities", "staff"))
		two, _ := behind(t, p, newPolicy("facilities", "sales"), func(c *oidclogin.Config) { c.RedirectURL = one.URL + "/auth/callback" })
		b := one.browser(t)
		b.Transport = &balancer{b.Transport, one.Listener.Addr().String(), two.Listener.Addr().String(), rand.New(rand.NewPCG(1, 2))}
		b.signIn()
		logins := p.called("/authorize")
		for range 50 {
			if a, _ := b.follow("/page"); a.status != http.StatusOK {
				t.Errorf("%s groups: status %d", what, a.status)
			}
		}
		if n := p.called("/authorize") - logins; n == 0 || n > 4 {
			t.Errorf("%s groups: %d logins in 50 visits, want one to four", what, n)
		}
	}
}

func TestGroupThatIsNamedLaterIsRenewedSilently(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	s, name := behind(t, p, newPolicy("facilities"), keepTokens)
	b := s.browser(t)
	b.signIn()
	name("facilities", "staff")
	b.wantSignedIn()
	if diff := cmp.Diff([]string{"facilities", "staff"}, s.user().Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for range 5 {
		b.wantSignedIn()
	}
	if n := p.called("/token"); n != 2 {
		t.Errorf("the token endpoint was called %d times, want for the login and one renewal", n)
	}
}

func TestRenewalForAGroupDoesNotStormTheProvider(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	s, name := behind(t, p, newPolicy("facilities"), keepTokens)
	b := s.browser(t)
	b.signIn()
	name("facilities", "staff")
	p.failing(http.StatusServiceUnavailable, "{}")
	before := p.called("/token")
	for range 20 {
		if a := b.open("/page"); a.status != http.StatusOK {
			t.Fatalf("status %d to %q, want the session to go on", a.status, a.location)
		}
	}
	if n := p.called("/token") - before; n != 1 {
		t.Errorf("the token endpoint was called %d times, want once", n)
	}
	p.down = nil
	p.clock.pass(time.Minute)
	b.wantSignedIn()
	b.wantSignedIn()
	if diff := cmp.Diff([]string{"facilities", "staff"}, s.user().Groups); diff != "" {
		t.Errorf("groups after a minute (-want +got):\n%s", diff)
	}
}

// A provider need not send an ID token with a renewal.
func TestRenewalWithoutGroupsAsksForASignIn(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	s, name := behind(t, p, newPolicy("facilities"), keepTokens)
	b := s.browser(t)
	b.signIn()
	p.answer["id_token"] = nil
	name("facilities", "staff")
	b.wantSignedIn()
	b.wantSignedIn()
	calls := p.called("/token")
	a := b.open("/page")
	if a.status != http.StatusFound || p.called("/token") != calls {
		t.Errorf("status %d, %d more calls; want a sign-in", a.status, p.called("/token")-calls)
	}
	delete(p.answer, "id_token")
	if a, _ := b.follow(a.location); a.status != http.StatusOK || !slices.Contains(s.user().Groups, "staff") {
		t.Errorf("status %d, groups %q; want the new group", a.status, s.user().Groups)
	}
}

// A user of whom everything is as long as it may be, in 200 groups.
func TestLongestClaimsFitIntoTheCookie(t *testing.T) {
	p := newIDP(t)
	groups := p.asEntra(200)
	p.claims["sub"] = strings.Repeat("s", 255)
	p.claims["sid"] = strings.Repeat("i", 255)
	p.claims["name"] = strings.Repeat("n", 300)
	p.claims["email"] = strings.Repeat("e", 242) + "@example.com" // 254, the most that an address may have
	for what, change := range map[string]func(*oidclogin.Config){"cookie alone": func(*oidclogin.Config) {}, "with tokens": keepTokens} {
		s := newSite(t, p, change)
		b := s.browser(t)
		b.signIn()
		u := s.user()
		if diff := cmp.Diff(groups, u.Groups); diff != "" || u.Name != strings.Repeat("n", 199) || len(u.Email) != 254 {
			t.Errorf("%s: name %q, address %q, groups (-want +got):\n%s", what, u.Name, u.Email, diff)
		}
	}
}
