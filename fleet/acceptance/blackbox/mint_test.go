//go:build unix

package blackbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// mint is Matterport's operation for a token with a link.
const mint = "createPrivateModelEmbedLink"

func TestTokenThatCannotBeStoredIsDeleted(t *testing.T) {
	for name, outage := range outages {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "intranet", redistest.WithAppendOnly())
			p := s.start()
			alice := s.person("alice").signIn(p)
			s.matterport.Fail(mint, matterporttest.LateAnswer(time.Second), 1)
			answered := make(chan answer, 1)
			go func() { a, _ := alice.token(p, office); answered <- a }()
			eventually(t, 5*time.Second, "it is minted", func() bool { return len(s.matterport.LiveTokens()) == 1 })
			lost := s.matterport.LiveTokens()[0].Value
			outage.begin(t, s.redis)
			a := <-answered
			if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || a.took > 6*time.Second {
				t.Errorf("%d %v after %v: %s", a.status, a.header, a.took, a.body)
			}
			eventually(t, 5*time.Second, "the token is deleted", func() bool { return s.matterport.Deleted(lost) })
			outage.end(t, s.redis)
			eventually(t, 5*time.Second, "it is well", func() bool { return s.readiness(p) == "ok" })
			begun := time.Now()
			eventually(t, 5*time.Second, "another token", func() bool {
				a, token := alice.token(p, office)
				return a.status == http.StatusOK && token != lost
			})
			t.Logf("another token after %v", time.Since(begun))
		})
	}
}

// The memory is full between the claim and the end of the mint.
func TestTokenForWhichThereIsNoMemoryIsDeleted(t *testing.T) {
	s := newSite(t, "intranet")
	p := s.start()
	alice := s.person("alice").signIn(p)
	admin := s.redis.Client(t)
	limit := func(bytes string) {
		if err := admin.Do(t.Context(), admin.B().ConfigSet().ParameterValue().ParameterValue("maxmemory", bytes).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	s.matterport.Fail(mint, matterporttest.LateAnswer(time.Second), 1)
	answered := make(chan answer, 1)
	go func() { a, _ := alice.token(p, office); answered <- a }()
	eventually(t, 5*time.Second, "it is minted", func() bool { return len(s.matterport.LiveTokens()) == 1 })
	lost := s.matterport.LiveTokens()[0].Value
	limit("1")
	if a := <-answered; a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %v: %s", a.status, a.header, a.body)
	}
	eventually(t, 5*time.Second, "the token is deleted", func() bool { return s.matterport.Deleted(lost) })
	limit("0")
	eventually(t, 5*time.Second, "another token", func() bool {
		a, token := alice.token(p, office)
		return a.status == http.StatusOK && token != lost
	})
}

func TestMintsOfOnePersonAreBounded(t *testing.T) {
	s := newSite(t, "intranet")
	p := launch(t, s.kind, s.env(), []string{"-mint-burst", "1"})
	alice := s.person("alice").signIn(p)
	alice.want(p, http.StatusOK, "the first one")
	if a, _ := alice.token(p, another); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("the second one: %d %v: %s", a.status, a.header, a.body)
	}
}

func TestSupersededTokenLivesUntilItIsRevoked(t *testing.T) {
	s := newSite(t, "intranet")
	all := s.replicas(2)
	alice := s.person("alice").signIn(all[0])
	first := alice.want(all[0], http.StatusOK, "first")
	s.matterport.SkewClock(9 * time.Minute)
	for _, p := range all { // which learns the time from the answer
		eventually(t, 10*time.Second, "it knows the time", func() bool { a, _ := alice.token(p, another); return a.status == http.StatusOK })
	}
	second := alice.want(all[0], http.StatusOK, "second")
	if second == first {
		t.Fatal("the same token")
	}
	if !s.matterport.Live(first) {
		t.Error("the superseded token was deleted")
	}
	if a := alice.revoke(all[1]); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for name, token := range map[string]string{"superseded": first, "newest": second} {
		eventually(t, 3*time.Second, name+" token deleted", func() bool { return s.matterport.Deleted(token) })
	}
}
