package oidclogin_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// answering makes the userinfo endpoint answer so. A status of 0 breaks off.
func (p *idp) answering(status int, contentType, body string) {
	p.withUserInfo(nil)
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path != "/userinfo":
			return false
		case status == 0:
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", error_description="MSIS9921: `+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")+`"`)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}
}

const (
	passing = http.StatusServiceUnavailable
	lasting = http.StatusBadGateway
)

// userInfoFailures are the ways in which the endpoint fails, and what becomes of a user whose groups it might know.
var userInfoFailures = map[string]struct {
	status      int
	contentType string
	body        string
	groups      int
}{
	"bad request":          {400, "", "", lasting},
	"unauthorized":         {401, "", "", lasting},
	"forbidden":            {403, "application/json", `{"error":"insufficient_scope"}`, lasting},
	"not found":            {404, "text/html", "<html>", lasting},
	"method not allowed":   {405, "", "", lasting},
	"gone":                 {410, "", "", lasting},
	"time-out there":       {408, "", "", passing},
	"too many requests":    {429, "", "", passing},
	"internal error":       {500, "", "", passing},
	"bad gateway":          {502, "", "", passing},
	"unavailable":          {503, "", "", passing},
	"redirect":             {302, "", "", passing},
	"breaks off":           {0, "", "", passing},
	"a proxy's page":       {200, "text/html", "<html>maintenance", passing},
	"cut off":              {200, "application/json", `{"sub":"`, passing},
	"a list":               {200, "application/json", `[]`, passing},
	"too long":             {200, "application/json", `{"x":"` + strings.Repeat("x", 2<<20) + `"}`, passing},
	"encrypted":            {200, "application/jwt", "a.b.c.d.e", lasting},
	"signed by another":    {200, "application/jwt", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", lasting},
	"about another user":   {200, "application/json", `{"sub":"mallory","groups":["administrators"],"email":"m@example.com","email_verified":true}`, http.StatusForbidden},
	"about no user":        {200, "application/json", `{"groups":["administrators"],"email":"m@example.com","email_verified":true}`, http.StatusForbidden},
	"subject is no text":   {200, "application/json", `{"sub":248289761001,"groups":["administrators"]}`, http.StatusForbidden},
	"subject is in a list": {200, "application/json", `{"sub":["` + subject + `"],"groups":["administrators"]}`, http.StatusForbidden},
}

func TestUserInfoThatFailsCostsWhatOnlyItCouldHaveSaid(t *testing.T) {
	for name, tt := range userInfoFailures {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = map[string]any{"email_verified": nil, "name": nil}
			p.answering(tt.status, tt.contentType, tt.body)
			s := newSite(t, p)
			s.browser(t).signIn()
			u := s.user()
			if u.Email != "" || u.EmailVerified || u.Name != "" || strings.Join(u.Groups, " ") != "facilities staff" {
				t.Errorf("user %+v, want the groups of the ID token, and no address and no name", u)
			}
			if !strings.Contains(s.log.String(), "userinfo not used") || strings.Contains(s.log.String(), "an access token") {
				t.Errorf("log:\n%s", s.log)
			}
		})
	}
}

func TestUserWhoseGroupsOnlyUserInfoCouldTellIsRefused(t *testing.T) {
	for name, tt := range userInfoFailures {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.claims = map[string]any{"groups": nil}
			p.answering(tt.status, tt.contentType, tt.body)
			s := newSite(t, p)
			b := s.browser(t)
			a := b.open(b.toCallback("/page"))
			wantRefused(b, a, tt.groups)
			wantAdvice(t, a, tt.groups)
			log := s.log.String()
			if strings.Contains(log, "an access token") || strings.Contains(log, "IgnoreUserInfo") != (tt.groups == lasting) {
				t.Errorf("log:\n%s", log)
			}
			if tt.status >= 400 && !strings.Contains(log, "MSIS9921") {
				t.Errorf("what the provider says is not in the log:\n%s", log)
			}

			ignoring := newSite(t, p, func(c *oidclogin.Config) { c.IgnoreUserInfo = true })
			before := p.called("/userinfo")
			ignoring.browser(t).signIn()
			if u := ignoring.user(); len(u.Groups) != 0 || u.Email != "alice@example.com" || p.called("/userinfo") != before {
				t.Errorf("with IgnoreUserInfo: user %+v, userinfo called %d times", u, p.called("/userinfo")-before)
			}
		})
	}
}

// Groups that the provider has left out of the ID token are not silently none.
func TestIgnoreUserInfoIgnoresNoOverage(t *testing.T) {
	p := newIDP(t)
	p.claims = map[string]any{"groups": nil, "hasgroups": true}
	b := newSite(t, p, func(c *oidclogin.Config) { c.IgnoreUserInfo = true }).browser(t)
	wantRefused(b, b.open(b.toCallback("/page")), http.StatusForbidden)
}

func TestClaimsOfUserInfoMayBeOfAnyType(t *testing.T) {
	for verified, email := range map[any]string{true: "alice@info.example", "true": "alice@info.example", "yes": "", 1: "", nil: "", false: "", "": ""} {
		p := newIDP(t)
		p.claims = map[string]any{"groups": nil, "email": nil, "email_verified": nil}
		p.withUserInfo(map[string]any{"sub": subject, "email": "alice@info.example", "email_verified": verified, "groups": []string{"info"}})
		s := newSite(t, p)
		s.browser(t).signIn()
		if u := s.user(); u.Email != email || len(u.Groups) != 1 {
			t.Errorf("email_verified %v: user %+v", verified, u)
		}
	}
}

func TestUserInfoMayBeSigned(t *testing.T) {
	p := newIDP(t)
	p.claims = map[string]any{"groups": nil}
	p.answering(http.StatusOK, "application/jwt; charset=utf-8", p.signed(map[string]any{"sub": subject, "groups": []string{"signed"}}, nil))
	s := newSite(t, p)
	s.browser(t).signIn()
	if u := s.user(); strings.Join(u.Groups, " ") != "signed" {
		t.Errorf("user %+v", u)
	}
}

func TestAddressAndItsVerificationComeFromOneDocument(t *testing.T) {
	for name, tt := range map[string]struct {
		token, info map[string]any
		want        string
	}{
		"verified here, address there": {
			map[string]any{"email": nil, "email_verified": true}, map[string]any{"email": "m@evil.example"}, "",
		},
		"address here, verified there": {
			map[string]any{"email": "alice@example.com", "email_verified": nil}, map[string]any{"email_verified": true}, "",
		},
		"verified here, both there": {
			map[string]any{"email": nil, "email_verified": true}, map[string]any{"email": "alice@info.example", "email_verified": true}, "alice@info.example",
		},
		"null here, both there": {
			map[string]any{"email_verified": json.RawMessage("null")}, map[string]any{"email": "alice@info.example", "email_verified": true}, "alice@info.example",
		},
		"disowned here, both there": {
			map[string]any{"email_verified": "false", "name": nil}, map[string]any{"email": "alice@info.example", "email_verified": true}, "",
		},
	} {
		p := newIDP(t)
		p.claims = tt.token
		tt.info["sub"] = subject
		p.withUserInfo(tt.info)
		s := newSite(t, p)
		s.browser(t).signIn()
		if u := s.user(); u.Email != tt.want {
			t.Errorf("%s: e-mail %q, want %q", name, u.Email, tt.want)
		}
	}
}

func TestUserInfoIsNotAskedForWhatScopesDoNotAskFor(t *testing.T) {
	p := newIDP(t)
	p.claims = map[string]any{"email": nil, "email_verified": nil, "name": nil}
	p.answering(http.StatusUnauthorized, "", "")
	newSite(t, p, func(c *oidclogin.Config) { c.Scopes = []string{} }).browser(t).signIn()
	if n := p.called("/userinfo"); n != 0 {
		t.Errorf("userinfo was called %d times", n)
	}
}

// slowUserInfo is an endpoint behind a firewall that drops packets: it never answers. left is the time that a call
// to it was given.
type slowUserInfo struct {
	http.RoundTripper
	left atomic.Int64
}

func (s *slowUserInfo) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/userinfo" {
		return s.RoundTripper.RoundTrip(r)
	}
	deadline, _ := r.Context().Deadline()
	s.left.Store(int64(time.Until(deadline)))
	return nil, context.DeadlineExceeded
}

func TestLoginDoesNotWaitLongForUserInfoThatItCanDoWithout(t *testing.T) {
	p := newIDP(t)
	p.withUserInfo(nil)
	p.claims = map[string]any{"name": nil}
	slow := &slowUserInfo{RoundTripper: &http.Transport{}}
	s := newSite(t, p, func(c *oidclogin.Config) { c.HTTPClient = &http.Client{Transport: slow} })
	s.browser(t).signIn()
	if left := time.Duration(slow.left.Load()); left <= 0 || left > 3*time.Second {
		t.Errorf("userinfo has %v, want 3 seconds at most", left)
	}
	p.claims["groups"] = nil
	b := s.browser(t)
	wantRefused(b, b.open(b.toCallback("/page")), http.StatusServiceUnavailable)
	if left := time.Duration(slow.left.Load()); left <= 3*time.Second {
		t.Errorf("userinfo has %v for the groups, want the time of any call", left)
	}
}

// leaving is a browser that closes while userinfo is asked.
type leaving struct {
	http.RoundTripper
	leave context.CancelFunc
}

func (l *leaving) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/userinfo" {
		return l.RoundTripper.RoundTrip(r)
	}
	l.leave()
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestRequestThatEndsMeanwhileSignsNoOneIn(t *testing.T) {
	p := newIDP(t)
	p.withUserInfo(nil)
	p.claims = map[string]any{"name": nil}
	gone := &leaving{RoundTripper: &http.Transport{}}
	s := newSite(t, p, func(c *oidclogin.Config) { c.HTTPClient = &http.Client{Transport: gone} })
	b := s.browser(t)
	ctx, cancel := context.WithCancel(t.Context())
	gone.leave = cancel
	r := navigation(httptest.NewRequest(http.MethodGet, b.toCallback("/page"), nil)).WithContext(ctx)
	for _, c := range b.cookies() {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.login.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || strings.Contains(s.log.String(), "signed in") {
		t.Errorf("status %d, log:\n%s", w.Code, s.log)
	}
}

func TestRenewalWithoutUserInfoKeepsWhatItSaidForAWhile(t *testing.T) {
	for name, tt := range map[string]struct {
		status      int
		email, name string
	}{
		"passing": {http.StatusBadGateway, "alice@info.example", "Alice of info"},
		"lasting": {http.StatusForbidden, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.refresh = "first refresh token"
			p.claims = map[string]any{"email_verified": nil, "name": nil}
			p.withUserInfo(map[string]any{"sub": subject, "email": "alice@info.example", "email_verified": true, "name": "Alice of info"})
			s := newSite(t, p, keepTokens)
			b := s.browser(t)
			b.signIn()
			p.answering(tt.status, "", "")
			p.claims["groups"] = []string{"renewed"}
			p.clock.pass(5 * time.Minute)
			b.wantSignedIn()
			if u := s.user(); u.Email != tt.email || u.Name != tt.name || strings.Join(u.Groups, " ") != "renewed" {
				t.Errorf("user %+v, want %q and new groups", u, tt.email)
			}
		})
	}
}

// Groups that cannot be told for the moment stay as they were; the session goes on.
func TestRenewalWithoutUserInfoKeepsGroupsThatOnlyItCouldTell(t *testing.T) {
	for _, status := range []int{http.StatusBadGateway, http.StatusForbidden} {
		p := newIDP(t)
		p.refresh = "first refresh token"
		p.claims = map[string]any{"groups": nil}
		p.withUserInfo(map[string]any{"sub": subject, "groups": []string{"info"}})
		s := newSite(t, p, keepTokens)
		b := s.browser(t)
		b.signIn()
		p.answering(status, "", "")
		p.clock.pass(5 * time.Minute)
		b.wantSignedIn()
		if u := s.user(); strings.Join(u.Groups, " ") != "info" || !strings.Contains(s.log.String(), "session not renewed") {
			t.Errorf("%d: groups %q, log:\n%s", status, u.Groups, s.log)
		}
	}
}
