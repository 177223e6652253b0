//go:build unix

package blackbox_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"
)

// signInByForm signs in at the provider of the example.
func (p *person) signInByForm(on *process) {
	p.t.Helper()
	at := p.ask(on.origin+"/auth/login", nil, true).location()
	provider := regexp.MustCompile(`^http://[0-9.:]+`).FindString(at)
	form := p.ask(provider+p.ask(at, nil, true).location(), nil, true)
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(form.body)
	if id == nil {
		p.t.Fatalf("no form at %s: %d %s\n%s", at, form.status, form.body, &on.stderr)
	}
	next := p.ask(provider+"/signin", url.Values{"id": {id[1]}, "username": {p.name}, "password": {"demo"}}, true).location()
	back := p.ask(p.ask(p.resolve(provider, next), nil, true).location(), nil, true)
	if back.status != http.StatusSeeOther {
		p.t.Fatalf("callback: %d %s\n%s", back.status, back.body, &on.stderr)
	}
}

func (p *person) resolve(base, reference string) string {
	p.t.Helper()
	return p.parse(base).ResolveReference(p.parse(reference)).String()
}

func TestReplicasOfOidcShareTheExamplesOwnProvider(t *testing.T) {
	s := newSite(t, "oidc")
	s.provider = nil
	all := s.replicas(3)
	alice := s.person("alice")
	alice.signInByForm(all[1])
	for _, p := range all {
		alice.want(p, http.StatusOK, "signed in on another")
	}
	provider := alice.ask(all[1].origin+"/auth/login", nil, true).location()
	all[0].kill() // it has the provider
	bob := s.person("bob")
	eventually(t, 5*time.Second, "another one serves the provider", func() bool {
		_, err := bob.try(t.Context(), provider, nil, true)
		return err == nil
	})
	bob.signInByForm(all[2])
	bob.wantIn(all[1])
	alice.want(all[1], http.StatusOK, "still signed in")
	copied := alice.copy(all[1])
	if a := alice.signOut(all[2]); a.status != http.StatusSeeOther {
		t.Errorf("%d %s", a.status, a.body)
	}
	copied.want(all[1], http.StatusUnauthorized, "signed out")
}
