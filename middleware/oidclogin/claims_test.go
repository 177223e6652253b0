package oidclogin_test

import (
	"context"
	"errors"
	"net/http"
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
		"array":            {"", map[string]any{"groups": []string{"a", "b"}}, []string{"a", "b"}},
		"text":             {"", map[string]any{"groups": "a b"}, []string{"a b"}},
		"twice and empty":  {"", map[string]any{"groups": []any{"a", "", "a", 1, nil, "b"}}, []string{"a", "b"}},
		"another claim":    {"roles", map[string]any{"roles": []string{"a"}}, []string{"a"}},
		"path":             {"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"a"}}}, []string{"a"}},
		"path to nowhere":  {"realm_access.roles", map[string]any{"realm_access": "roles"}, nil},
		"name with dots":   {"https://intranet.example/groups", map[string]any{"https://intranet.example/groups": []string{"a"}}, []string{"a"}},
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
