//go:build unix

package blackbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A person uses the site with a browser: one set of cookies for all replicas.
type person struct {
	*site
	name   string
	client http.Client
}

// person returns one with new cookies.
func (s *site) person(name string) *person {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 50}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &person{site: s, name: name, client: http.Client{
		Jar: jar, Transport: transport, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// copy is a browser with a copy of the cookies.
func (p *person) copy(of *process) *person {
	p.t.Helper()
	other, at := p.person(p.name), p.parse(of.origin)
	other.client.Jar.SetCookies(at, p.client.Jar.Cookies(at))
	return other
}

func (p *person) parse(address string) *url.URL {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	return u
}

// An answer is that to one request.
type answer struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

func (a answer) location() string { return a.header.Get("Location") }

// ask sends a request; with a form it is a POST. A page is asked for as browsers do.
func (p *person) ask(address string, form url.Values, page bool) answer {
	p.t.Helper()
	a, err := p.try(p.t.Context(), address, form, page)
	if err != nil {
		p.t.Fatalf("%s: %v", address, err)
	}
	return a
}

func (p *person) try(ctx context.Context, address string, form url.Values, page bool) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if form != nil && err == nil {
		r, err = http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	}
	if err != nil {
		return answer{}, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if page {
		r.Header.Set("Accept", "text/html")
	}
	r.Header.Set(userHeader, p.name)
	begun := time.Now()
	res, err := p.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body), time.Since(begun)}, err
}

// trySignIn signs in on a replica, and returns the answer that should give a session.
func (p *person) trySignIn(on *process) answer {
	p.t.Helper()
	if p.kind == "intranet" {
		return p.ask(on.origin+"/login", url.Values{"username": {p.name}, "password": {"demo"}}, true)
	}
	begin := p.ask(on.origin+"/auth/login", nil, true)
	if begin.status != http.StatusFound {
		return begin
	}
	return p.ask(p.ask(begin.location(), nil, true).location(), nil, true)
}

func (p *person) signIn(on *process) *person {
	p.t.Helper()
	a := p.patiently(func() answer { return p.trySignIn(on) })
	if a.status != http.StatusSeeOther {
		p.t.Fatalf("signing in: %d %s\n%s", a.status, a.body, &on.stderr)
	}
	return p
}

// patiently asks again for up to 3 seconds if the answer is 503: on a busy machine a replica can miss its lease.
func (p *person) patiently(ask func() answer) answer {
	p.t.Helper()
	a, begun := ask(), time.Now()
	for a.status == http.StatusServiceUnavailable && time.Since(begun) < 3*time.Second {
		<-time.After(20 * time.Millisecond)
		a = ask()
	}
	return a
}

func (p *person) signOut(on *process) answer {
	p.t.Helper()
	path := "/logout"
	if p.kind == "oidc" {
		path = "/auth/logout"
	}
	return p.ask(on.origin+path, url.Values{}, true)
}

func (p *person) revoke(on *process) answer {
	p.t.Helper()
	return p.ask(on.origin+"/pme/revoke", url.Values{}, false)
}

func (p *person) token(on *process, model string) (answer, string) {
	p.t.Helper()
	a := p.ask(on.origin+"/pme/token?modelId="+model, nil, false)
	var body struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(a.body), &body)
	return a, body.Token
}

// want checks which status a token of the office has.
func (p *person) want(on *process, status int, when string) string {
	p.t.Helper()
	var token string
	a := p.patiently(func() (a answer) { a, token = p.token(on, office); return a })
	if a.status != status {
		p.t.Errorf("%s, %s: %d %s, want %d", p.name, when, a.status, a.body, status)
	}
	return token
}

func (p *person) hasCookie(on *process) bool {
	return len(p.client.Jar.Cookies(p.parse(on.origin))) > 0
}

// eventually polls until ok.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	begun := time.Now()
	for !ok() {
		if time.Since(begun) > limit {
			t.Fatalf("not within %v: %s", limit, what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// readiness is the status that /readyz shows.
func (s *site) readiness(of *process) string {
	s.t.Helper()
	a := s.person("monitoring").ask(of.origin+"/readyz", nil, false)
	for range 2 { // a busy machine is slow now and then
		if a.took > time.Second {
			a = s.person("monitoring").ask(of.origin+"/readyz", nil, false)
		}
	}
	if a.status != http.StatusOK || a.took > time.Second {
		s.t.Errorf("readyz: %d after %v", a.status, a.took)
	}
	var body struct{ Status string }
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		s.t.Errorf("readyz: %s: %v", a.body, err)
	}
	return body.Status
}
