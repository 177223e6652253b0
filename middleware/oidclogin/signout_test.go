package oidclogin_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin"
)

func TestLongHintIsLeftOutOfTheSignOut(t *testing.T) {
	for _, tt := range []struct {
		groups int
		hinted bool
	}{{0, true}, {5, true}, {191, false}, {2000, false}} {
		p := newIDP(t)
		p.metadata["end_session_endpoint"] = p.URL + "/end?tenant=one"
		p.asEntra(tt.groups)
		s := newSite(t, p, keepTokens, func(c *oidclogin.Config) { c.PostLogoutURL = "https://intranet.example/bye" })
		b := s.browser(t)
		b.signIn()
		a := b.logout()
		u, err := url.Parse(a.location)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if len(a.location) > 2048 || q.Has("id_token_hint") != tt.hinted {
			t.Errorf("%d groups: an address of %d bytes, with a hint %v; want a hint %v", tt.groups, len(a.location), q.Has("id_token_hint"), tt.hinted)
		}
		if q.Get("client_id") != clientID || q.Get("post_logout_redirect_uri") != "https://intranet.example/bye" || q.Get("tenant") != "one" || u.Path != "/end" {
			t.Errorf("%d groups: signed out at %s", tt.groups, a.location)
		}
		if logged := strings.Contains(fmt.Sprint(s.log), `level=DEBUG msg="id_token_hint left out`); logged == tt.hinted {
			t.Errorf("%d groups: the log says that the hint is left out %v", tt.groups, logged)
		}
	}
}

func TestProviderThatEndsSessionsWarnsOnceWithoutKeepTokens(t *testing.T) {
	const warning = "set KeepTokens"
	for _, tt := range []struct{ endpoint, keep, want bool }{{true, false, true}, {true, true, false}, {false, false, false}, {false, true, false}} {
		p := newIDP(t)
		if tt.endpoint {
			p.metadata["end_session_endpoint"] = p.URL + "/end"
		}
		s := newSite(t, p, func(c *oidclogin.Config) { c.KeepTokens = tt.keep })
		for range 2 {
			b := s.browser(t)
			b.signIn()
			b.logout()
		}
		if got, want := strings.Count(fmt.Sprint(s.log), warning), map[bool]int{true: 1}[tt.want]; got != want {
			t.Errorf("%+v: %d warnings, want %d", tt, got, want)
		}
	}
}
