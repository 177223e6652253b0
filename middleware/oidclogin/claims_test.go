package oidclogin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func TestGroupsComeFromTheClaimThatTheHostNames(t *testing.T) {
	for name, tt := range map[string]struct {
		path   string
		claims map[string]any
		want   []string
	}{
		"array":           {"", map[string]any{"groups": []string{"a", "b"}}, []string{"a", "b"}},
		"text":            {"", map[string]any{"groups": "a b"}, []string{"a b"}},
		"twice and empty": {"", map[string]any{"groups": []any{"a", "", "a", 1, nil, "b"}}, []string{"a", "b"}},
		"another claim":   {"roles", map[string]any{"roles": []string{"a"}}, []string{"a"}},
		"path":            {"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"a"}}}, []string{"a"}},
		"path to nowhere": {"realm_access.roles", map[string]any{"realm_access": "roles"}, nil},
		"name with dots":  {"https://intranet.example/groups", map[string]any{"https://intranet.example/groups": []string{"a"}}, []string{"a"}},
		"dots in a part": {"resource_access.intranet.example.com.roles", map[string]any{"resource_access": map[string]any{
			"intranet.example.com": map[string]any{"roles": []string{"a"}}, "intranet": map[string]any{"example": "b"},
		}}, []string{"a"}},
		"not there":        {"roles", nil, nil},
		"null":             {"", map[string]any{"groups": []any{nil}}, nil},
		"case of a letter": {"", map[string]any{"groups": nil, "Groups": []string{"a"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = tt.claims
			s := newSite(t, p, func(c *oidclogin.Config) { c.GroupsClaim = tt.path })
			s.browser(t).signIn()
			if diff := cmp.Diff(tt.want, s.user().Groups); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		})
	}
}

// withUserInfo lets the provider have a userinfo endpoint.
func (p *idp) withUserInfo(info map[string]any) {
	p.metadata["userinfo_endpoint"] = p.URL + "/userinfo"
	p.info = info
}

func TestUserInfoFillsInWhatTheIDTokenLacks(t *testing.T) {
	for name, tt := range map[string]struct {
		claims map[string]any
		called int
		email  string
		groups []string
	}{
		"nothing lacks":   {nil, 0, "alice@example.com", []string{"facilities", "staff"}},
		"groups lack":     {map[string]any{"groups": nil}, 1, "alice@example.com", []string{"info"}},
		"e-mail lacks":    {map[string]any{"email": nil, "email_verified": nil}, 1, "alice@info.example", []string{"facilities", "staff"}},
		"verified lacks":  {map[string]any{"email_verified": nil}, 1, "alice@info.example", []string{"facilities", "staff"}},
		"e-mail disowned": {map[string]any{"email_verified": false}, 0, "", []string{"facilities", "staff"}},
		"name lacks":      {map[string]any{"name": nil}, 1, "alice@example.com", []string{"facilities", "staff"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = tt.claims
			p.withUserInfo(map[string]any{
				"sub": subject, "email": "alice@info.example", "email_verified": "true", "groups": []string{"info"}, "preferred_username": "Alice",
			})
			s := newSite(t, p)
			s.browser(t).signIn()
			u := s.user()
			if u.Email != tt.email || u.EmailVerified != (tt.email != "") || u.Name != "Alice" {
				t.Errorf("e-mail %q (%v), name %q; want %q", u.Email, u.EmailVerified, u.Name, tt.email)
			}
			if diff := cmp.Diff(tt.groups, u.Groups); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if n := p.called("/userinfo"); n != tt.called {
				t.Errorf("userinfo was called %d times, want %d", n, tt.called)
			}
		})
	}
}

func TestUserInfoOfAnotherUserIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		info map[string]any
		want int
	}{
		"another user":  {map[string]any{"sub": "mallory", "groups": []string{"administrators"}}, http.StatusForbidden},
		"no subject":    {map[string]any{"groups": []string{"administrators"}}, http.StatusForbidden},
		"overage there": {map[string]any{"sub": subject, "hasgroups": true}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims["groups"] = nil
			p.withUserInfo(tt.info)
			b := newSite(t, p).browser(t)
			wantRefused(b, b.open(b.toCallback("/page")), tt.want)
		})
	}
}

func TestGroupsAreReadInTheFormatThatTheHostNames(t *testing.T) {
	for format, groups := range map[string]any{
		"json": `["a", 1, "b"]`, "comma": "a,b", "keys": map[string]any{"a": map[string]string{"247": "intranet.example"}, "b": nil},
	} {
		p := newIDP(t)
		p.claims["groups"] = groups
		s := newSite(t, p, func(c *oidclogin.Config) { c.GroupsFormat = format })
		s.browser(t).signIn()
		if diff := cmp.Diff([]string{"a", "b"}, s.user().Groups); diff != "" {
			t.Errorf("%s: groups (-want +got):\n%s", format, diff)
		}
		if got, want := strings.Count(fmt.Sprint(s.log), "groups left out"), map[bool]int{true: 1}[format == "json"]; got != want {
			t.Errorf("%s: %d records of groups that are left out, want %d", format, got, want)
		}
	}
	_, err := oidclogin.New(oidclogin.Config{GroupsFormat: "JSON"})
	if err == nil || !strings.Contains(err.Error(), "GroupsFormat") {
		t.Errorf("error %v", err)
	}
}

func TestClaimThatNoUserHasWarnsOnce(t *testing.T) {
	const warning = "no user so far has the claim"
	warnings := func(s *site) int { return strings.Count(fmt.Sprint(s.log), warning) }
	p := newIDP(t)
	p.claims["roles"] = []string{"a"}
	s := newSite(t, p, func(c *oidclogin.Config) { c.GroupsClaim = "realm_access.roles" })
	for range 3 {
		s.browser(t).signIn()
	}
	line, _, _ := strings.Cut(fmt.Sprint(s.log), "\n")
	if n := warnings(s); n != 1 || !strings.Contains(line, "email_verified") || strings.Contains(line, "alice@example.com") {
		t.Errorf("%d warnings, want one with the claims' names and no values:\n%s", n, s.log)
	}
	found := newSite(t, p, func(c *oidclogin.Config) { c.GroupsClaim = "roles" })
	found.browser(t).signIn()
	delete(p.claims, "roles")
	found.browser(t).signIn() // who is in no group
	if n := warnings(found); n != 0 {
		t.Errorf("%d warnings of a claim that a user had", n)
	}

	p.claims["groups"] = nil
	without := newSite(t, p) // whose rules may be by e-mail
	without.browser(t).signIn()
	if n := warnings(without); n != 0 {
		t.Errorf("%d warnings where groups are not looked for", n)
	}
	without.login.KeepGroups(func() []string { return []string{"staff"} })
	without.browser(t).signIn()
	if n := warnings(without); n != 1 {
		t.Errorf("%d warnings where the policy names groups, want 1", n)
	}
}

func TestGroupsInAnUnreadableFormAreLogged(t *testing.T) {
	for what, groups := range map[string]any{"object": map[string]any{"a": 1}, "number": 7, "JSON text": `["a"]`} {
		p := newIDP(t)
		p.claims["groups"] = groups
		s := newSite(t, p)
		s.browser(t).signIn()
		if !strings.Contains(fmt.Sprint(s.log), "level=WARN") || !strings.Contains(fmt.Sprint(s.log), "GroupsFormat") {
			t.Errorf("%s: the log does not say what to do:\n%s", what, s.log)
		}
	}
}

func TestGroupsThatDoNotFitAreResolvedByTheHost(t *testing.T) {
	p := newIDP(t)
	p.claims = map[string]any{
		"groups": nil, "_claim_names": map[string]any{"groups": "src1"},
		"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/groups"}},
	}
	var err error
	s := newSite(t, p, func(c *oidclogin.Config) {
		c.ResolveGroups = func(_ context.Context, o oidclogin.GroupOverage) ([]string, error) {
			token, tokenErr := o.Tokens.Token()
			if tokenErr != nil || token.AccessToken != "an access token" || o.Subject != subject ||
				o.UserID != p.URL+"#"+subject || o.Claims["_claim_names"] == nil {
				t.Errorf("overage %v", o.Claims)
			}
			return []string{"resolved", ""}, err
		}
	})
	s.browser(t).signIn()
	if diff := cmp.Diff([]string{"resolved"}, s.user().Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	err = errors.New("the directory is down")
	b := s.browser(t)
	wantRefused(b, b.open(b.toCallback("/page")), http.StatusServiceUnavailable)
}
