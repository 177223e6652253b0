package admin_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
)

var routes = []string{"/", "/revoke?user=bob", "/revoke?all=1", "/explain?user=bob&model=" + office, "/health", "/events", "/nothing"}

func TestOthersFindNothing(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	bob := &identity.User{ID: "bob", Groups: []string{"root"}, AuthenticatedAt: time.Now()}
	for _, header := range []map[string]string{nil, browser} {
		nothing := s.visit(t, visit{target: "/nothing", header: header})
		for _, target := range routes {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodHead} {
				w := s.visit(t, visit{method: method, target: target, header: header, user: bob, fields: url.Values{"user": {"alice"}, "all": {"1"}, "word": {"everything"}}})
				if w.Code != http.StatusNotFound || strings.Count(w.Body.String(), "nothing at this address") < strings.Count(nothing.Body.String(), "nothing at this address") {
					t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
				}
				for _, word := range []string{"dministrat", "alice", "Allow"} {
					if strings.Contains(w.Body.String(), word) || w.Header().Get(word) != "" {
						t.Errorf("%s %s says %q", method, target, word)
					}
				}
			}
			if w := s.visit(t, visit{target: target, header: header, signedOut: true}); w.Code != http.StatusUnauthorized {
				t.Errorf("signed out, %s: %d", target, w.Code)
			}
			if w := s.visit(t, visit{target: target, header: header, user: new(identity.User)}); w.Code != http.StatusUnauthorized {
				t.Errorf("a user without an ID, %s: %d", target, w.Code)
			}
		}
	}
	if s.left(t) != 3 || s.ended.all != 0 {
		t.Error("something was revoked")
	}
	s.wantLogged(t, `"msg":"request refused"`, `"user":"bob"`, `"reason":"not_admin"`, `"path":"/admin/revoke"`)
}

func TestFailingAllowIsNo(t *testing.T) {
	for name, allow := range map[string]func(context.Context, *identity.User) (bool, error){
		"error":           func(context.Context, *identity.User) (bool, error) { return false, errors.New("the directory is gone") },
		"yes, with error": func(context.Context, *identity.User) (bool, error) { return true, errors.New("the directory is gone") },
		"panic":           func(context.Context, *identity.User) (bool, error) { panic("secret") },
	} {
		s := newSite(t, func(c *admin.Config) { c.Allow = allow })
		s.people(t)
		for _, target := range routes {
			if w := s.visit(t, visit{target: target}); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "directory") {
				t.Errorf("%s, %s: %d %s", name, target, w.Code, w.Body)
			}
			if w := s.post(t, target, url.Values{"user": {"alice"}}); w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s, POST %s: %d", name, target, w.Code)
			}
		}
		if s.left(t) != 3 {
			t.Errorf("%s: something was revoked", name)
		}
	}
}

func TestUsersAndGroupsMatchExactly(t *testing.T) {
	for name, tt := range map[string]struct {
		allow func(context.Context, *identity.User) (bool, error)
		user  *identity.User
		want  bool
	}{
		"user":               {admin.Users("a", "root"), &identity.User{ID: "root"}, true},
		"another user":       {admin.Users("root"), &identity.User{ID: "Root"}, false},
		"no users":           {admin.Users(), &identity.User{ID: "root"}, false},
		"empty user":         {admin.Users(""), &identity.User{}, false},
		"nil":                {admin.Users(""), nil, false},
		"group":              {admin.Groups("ops"), &identity.User{ID: "a", Groups: []string{"x", "ops"}}, true},
		"another group":      {admin.Groups("ops"), &identity.User{ID: "a", Groups: []string{"Ops", "ops "}}, false},
		"empty group":        {admin.Groups(""), &identity.User{ID: "a", Groups: []string{""}}, false},
		"group, without ID":  {admin.Groups("ops"), &identity.User{Groups: []string{"ops"}}, false},
		"no groups":          {admin.Groups(), &identity.User{ID: "a", Groups: []string{"ops"}}, false},
		"group, without one": {admin.Groups("ops"), &identity.User{ID: "ops"}, false},
	} {
		if got, err := tt.allow(t.Context(), tt.user); got != tt.want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestOnlyFormsOfThisSiteChangeSomething(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	fields := url.Values{"user": {"alice"}}
	for name, tt := range map[string]struct {
		visit
		want int
	}{
		"a page of another site":       {visit{method: "POST", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403},
		"a page of a sister site":      {visit{method: "POST", header: map[string]string{"Sec-Fetch-Site": "same-site"}}, 403},
		"an old browser, another site": {visit{method: "POST", header: map[string]string{"Origin": "https://evil.example"}}, 403},
		"an opaque origin":             {visit{method: "POST", header: map[string]string{"Origin": "null"}}, 403},
		"GET":                          {visit{method: "GET"}, 200},
		"GET with a body":              {visit{method: "GET", fields: fields}, 200},
		"HEAD":                         {visit{method: "HEAD"}, 200},
		"PUT":                          {visit{method: "PUT", fields: fields}, 405},
		"DELETE":                       {visit{method: "DELETE"}, 405},
		"fields in the query only":     {visit{method: "POST"}, 400},
		"JSON":                         {visit{method: "POST", header: map[string]string{"Content-Type": "application/json"}, fields: fields}, 400},
	} {
		tt.target = "/revoke?user=alice"
		if name == "a page of another site" || name == "an opaque origin" {
			tt.fields = fields
		}
		w := s.visit(t, tt.visit)
		if name == "JSON" {
			continue // url.Values sets another content type
		}
		if w.Code != tt.want || s.left(t) != 3 {
			t.Errorf("%s: %d, %d tokens left: %s", name, w.Code, s.left(t), w.Body)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", name, w.Header())
		}
	}
	s.wantLogged(t, `"reason":"cross_origin"`, `"user":"root"`)
}

func TestChangesNeedARecentSignIn(t *testing.T) {
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
	for name, tt := range map[string]struct {
		user   identity.User
		within time.Duration
		want   bool
	}{
		"a minute ago":                      {identity.User{AuthenticatedAt: ago(time.Minute)}, 0, true},
		"eleven minutes ago":                {identity.User{AuthenticatedAt: ago(11 * time.Minute)}, 0, false},
		"within what the host says":         {identity.User{AuthenticatedAt: ago(11 * time.Minute)}, time.Hour, true},
		"any age":                           {identity.User{}, -1, true},
		"unknown":                           {identity.User{}, 0, false},
		"in the future":                     {identity.User{AuthenticatedAt: ago(-time.Hour)}, 0, false},
		"a clock that is a little ahead":    {identity.User{AuthenticatedAt: ago(-5 * time.Second)}, 0, true},
		"the session is known":              {identity.User{SignedInAt: ago(time.Minute)}, 0, true},
		"the session is too old":            {identity.User{SignedInAt: ago(time.Hour)}, 0, false},
		"a new session, after an old proof": {identity.User{SignedInAt: ago(time.Second), AuthenticatedAt: ago(time.Hour)}, 0, false},
	} {
		s := newSite(t, func(c *admin.Config) { c.RecentLogin = tt.within })
		s.people(t)
		tt.user.ID, s.root = "root", tt.user
		s.root.ID = "root"
		w := s.post(t, "/revoke", url.Values{"user": {"alice"}})
		if tt.want && (w.Code != http.StatusOK || s.left(t) != 1) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		ask := s.page(t, "/revoke?user=alice")
		if tt.want {
			if !strings.Contains(ask, "<form") {
				t.Errorf("%s: no form", name)
			}
			continue
		}
		answer := read[map[string]string](t, w)
		if w.Code != http.StatusForbidden || s.left(t) != 3 || answer["error"] != "login_too_old" || answer["login_url"] != "/login?next=%2Fadmin%2Frevoke%3Fuser%3Dalice&again=1" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if strings.Contains(ask, "<form") || !strings.Contains(ask, `href="/login?next=%2Fadmin%2Frevoke%3Fuser%3Dalice&amp;again=1"`) {
			t.Errorf("%s: the page does not lead to the login: %s", name, ask)
		}
		s.wantLogged(t, `"reason":"login_too_old"`, `"user":"root"`)
		form := s.visit(t, visit{method: "POST", target: "/revoke", fields: url.Values{"user": {"alice"}}, header: browser})
		if form.Code != http.StatusForbidden || !strings.Contains(form.Body.String(), `href="/login?next=`) {
			t.Errorf("%s: %d %s", name, form.Code, form.Body)
		}
		if s.visit(t, visit{target: "/"}).Code != http.StatusOK {
			t.Errorf("%s: the list cannot be seen", name)
		}
	}
}

func TestEveryPageIsGuardedByItsHeaders(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	for _, target := range append(routes, "/revoke", "/explain") {
		for _, user := range []*identity.User{nil, {ID: "bob"}} {
			w := s.visit(t, visit{target: target, header: browser, user: user})
			csp := w.Header().Get("Content-Security-Policy")
			for _, want := range []string{"frame-ancestors 'none'", "default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-src 'none'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("%s: %q lacks %s", target, csp, want)
				}
			}
			if h := w.Header(); h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v", target, h)
			}
			if strings.Contains(w.Body.String(), "<script") {
				t.Errorf("%s has a script", target)
			}
		}
		if w := s.visit(t, visit{target: target}); w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", target, w.Header())
		}
	}
}

func TestWhatCannotBeReadChangesNothing(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	long := strings.Repeat("x", 20_000)
	for name, fields := range map[string]url.Values{
		"nothing":                  {"own": {"1"}},
		"two targets":              {"user": {"alice"}, "model": {office}},
		"everything and a user":    {"user": {"alice"}, "all": {"1"}, "word": {"everything"}},
		"all, not 1":               {"all": {"true"}, "word": {"everything"}},
		"a session without a user": {"session": {"abc"}},
		"a session and a model":    {"session": {"abc"}, "model": {office}},
		"no model":                 {"model": {"../etc"}},
		"a long user":              {"user": {long}},
	} {
		if w := s.post(t, "/revoke", fields); w.Code != http.StatusBadRequest || s.left(t) != 3 || s.ended.all != 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := s.post(t, "/revoke", url.Values{"user": {"alice"}, "session": {"0123456789ab"}}); w.Code != http.StatusNotFound || s.left(t) != 3 {
		t.Errorf("an unknown session: %d %s", w.Code, w.Body)
	}
	for _, target := range []string{"/?person=" + long, "/explain?user=" + long, "/?page=-1&person=%zz", "/?page=99999999999999999999", "/events?page=x"} {
		if w := s.visit(t, visit{target: target}); w.Code != http.StatusBadRequest && w.Code != http.StatusOK {
			t.Errorf("%.20s: %d", target, w.Code)
		}
	}
}
