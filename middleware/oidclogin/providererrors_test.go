package oidclogin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const runsThisSite = "tell the people who run this site"

// wantAdvice fails unless the page and the answer to a script say who can act: after status 502 the operator, after
// 503 time.
func wantAdvice(t *testing.T, a answer, status int) {
	t.Helper()
	if told := strings.Contains(a.body, runsThisSite); told != (status == http.StatusBadGateway) {
		t.Errorf("told to tell the operator: %v, body %q", told, a.body)
	}
	if again := a.header.Get("Retry-After") != ""; again != (status == http.StatusServiceUnavailable) {
		t.Errorf("Retry-After %q with status %d", a.header.Get("Retry-After"), a.status)
	}
}

func TestErrorOfTheTokenEndpointSaysWhoCanAct(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   int
		logged string
	}{
		"wrong secret":            {401, `{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."}`, 502, "AADSTS7000222: The provided client secret keys are expired."},
		"wrong secret with 400":   {400, `{"error":"invalid_client"}`, 502, "check ClientID, ClientSecret"},
		"wrong secret with 200":   {200, `{"error":"invalid_client"}`, 502, "invalid_client"},
		"grant not allowed":       {400, `{"error":"unauthorized_client"}`, 502, "unauthorized_client"},
		"redirect URI":            {400, `{"error":"redirect_uri_mismatch"}`, 502, "check that RedirectURL is registered"},
		"scope":                   {400, `{"error":"invalid_scope","error_description":"no such scope: gruops"}`, 502, "no such scope: gruops"},
		"grant type":              {400, `{"error":"unsupported_grant_type"}`, 502, "unsupported_grant_type"},
		"request":                 {400, `{"error":"invalid_request"}`, 502, "invalid_request"},
		"resource":                {400, `{"error":"invalid_target"}`, 502, "invalid_target"},
		"unauthorized, no code":   {401, `<html>`, 502, "401 without a usable error code"},
		"forbidden by a proxy":    {403, ``, 502, "403"},
		"code that is an object":  {400, `{"error":{"code":400}}`, 502, "400 without a usable error code"},
		"used code":               {400, `{"error":"invalid_grant","error_description":"no such code"}`, 400, "no such code"},
		"user refused":            {400, `{"error":"access_denied","error_description":"alice is locked"}`, 403, "alice is locked"},
		"out of order":            {400, `{"error":"server_error","error_description":"database"}`, 503, "database"},
		"temporarily unavailable": {503, `{"error":"temporarily_unavailable"}`, 503, "503 temporarily_unavailable"},
		"too many requests":       {429, `{"error":"invalid_request"}`, 503, "429"},
		"bad gateway":             {502, `<html>`, 503, "502 without a usable error code"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			s := newSite(t, p)
			page, script := s.browser(t), s.browser(t)
			p.failing(tt.status, tt.body)
			a := page.open(page.toCallback("/page"))
			wantRefused(page, a, tt.want)
			wantAdvice(t, a, tt.want)
			if !strings.Contains(s.log.String(), tt.logged) || strings.Contains(a.body, tt.logged) {
				t.Errorf("%q is in the answer %q, or not in the log:\n%s", tt.logged, a.body, s.log)
			}
			a = script.fetch(script.toCallback("/page"))
			wantAdvice(t, a, tt.want)
			if upstream := strings.Contains(a.body, `"upstream_error"`); upstream != (tt.want == http.StatusBadGateway) {
				t.Errorf("a script gets %q", a.body)
			}
		})
	}
}

func TestErrorInTheCallbackSaysWhoCanAct(t *testing.T) {
	for code, want := range map[string]int{
		"access_denied": 403, "login_required": 403, "consent_required": 403, "<script>": 403, "": 403, "unknown": 403,
		"server_error": 503, "temporarily_unavailable": 503,
		"unauthorized_client": 502, "invalid_client": 502, "invalid_scope": 502, "unsupported_response_type": 502, "invalid_request": 502,
		"redirect_uri_mismatch": 502, "Invalid_Scope": 502, "request_not_supported": 502, "invalid_resource": 502,
	} {
		p := newIDP(t)
		p.response = url.Values{"error": {code}, "error_description": {"AADSTS50105: <script>alert(1)</script>"}}
		b := newSite(t, p).browser(t)
		a := b.open(b.toCallback("/page"))
		wantRefused(b, a, want)
		wantAdvice(t, a, want)
		if strings.Contains(a.body, "script>") || strings.Contains(a.body, "AADSTS") {
			t.Errorf("%q: body %q", code, a.body)
		}
		if !strings.Contains(b.site.log.String(), "AADSTS50105: ") {
			t.Errorf("%q: the operator does not learn of it:\n%s", code, b.site.log)
		}
	}
}

// A provider may repeat in an error what it was sent.
func TestDescriptionOfAnErrorIsLoggedWithoutWhatWasSent(t *testing.T) {
	p := newIDP(t)
	p.refresh = "first refresh token"
	p.answer = map[string]any{"refresh_token": "short/refresh+token"} // nothing that looks like a secret
	var sent []string
	p.down = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		_ = r.ParseForm()
		sent = []string{r.Header.Get("Authorization")[len("Basic "):], clientSecret}
		for _, name := range []string{"code", "code_verifier", "refresh_token"} {
			if v := r.PostForm.Get(name); v != "" {
				sent = append(sent, v, url.QueryEscape(v))
			}
		}
		description := "AADSTS1: level=ERROR\r\n\x1b[31m " + strings.Join(sent, ", ") + "; Trace ID: f5b1ad0c-8a1e-4c53-8a0c-000000000001 " + strings.Repeat("x ", 1000)
		body, _ := json.Marshal(map[string]string{"error": "invalid_client", "error_description": description})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write(body)
		return true
	}
	failing := p.down
	p.down = nil
	s := newSite(t, p, keepTokens)
	b := s.browser(t)
	b.signIn()
	p.down = failing
	wantScrubbed := func(what string, least int) {
		t.Helper()
		log := s.log.String()
		if !strings.Contains(log, "AADSTS1") || !strings.Contains(log, "f5b1ad0c-8a1e-4c53-8a0c-000000000001") || len(sent) < least {
			t.Errorf("%s, sent %q, log:\n%s", what, sent, log)
		}
		for _, secret := range sent {
			if strings.Contains(log, secret) {
				t.Errorf("%s: %q is in the log:\n%s", what, secret, log)
			}
		}
		if strings.ContainsAny(log, "\x1b\r") || strings.Contains(log, strings.Repeat("x ", 301)) {
			t.Errorf("%s: control characters or too much in the log:\n%s", what, log)
		}
		s.log.Reset()
	}
	s.log.Reset()
	p.clock.pass(5 * time.Minute)
	b.wantSignedIn() // the renewal fails
	wantScrubbed("renewal", 4)
	other := s.browser(t)
	other.open(withQuery(t, other.toCallback("/page"), func(q url.Values) { q.Set("code", "short+code") }))
	wantScrubbed("login", 6)

	p.down = nil
	third := s.browser(t)
	callback := third.toCallback("/page")
	sent = []string{stateOf(t, callback), "short+code"}
	s.log.Reset()
	third.open(withQuery(t, callback, func(q url.Values) {
		q.Set("code", "short+code")
		q.Set("error", "invalid_request")
		q.Set("error_description", "AADSTS1 f5b1ad0c-8a1e-4c53-8a0c-000000000001 "+strings.Join(sent, " "))
	}))
	wantScrubbed("callback", 2)
}

// What only an operator can change is no word about the session. Each failed renewal says so in the log.
func TestLastingErrorOfARenewalEndsNoSessionAndIsLogged(t *testing.T) {
	for _, code := range []string{"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type", "invalid_request"} {
		p, s, b := renewing(t)
		p.clock.pass(5 * time.Minute)
		p.failing(http.StatusBadRequest, `{"error":"`+code+`","error_description":"the secret has expired"}`)
		b.wantSignedIn()
		if log := s.log.String(); !strings.Contains(log, `msg="session not renewed"`) || !strings.Contains(log, code+": the secret has expired") {
			t.Errorf("%s: log:\n%s", code, log)
		}
	}
}

func TestUserWhomTheProviderRefusesAtARenewalIsSignedOut(t *testing.T) {
	for _, code := range []string{"access_denied", "interaction_required", "login_required", "consent_required"} {
		p, s, b := renewing(t)
		p.clock.pass(5 * time.Minute)
		p.failing(http.StatusBadRequest, `{"error":"`+code+`"}`)
		b.wantSignedOut()
		if len(s.signedOut()) != 1 {
			t.Errorf("%s: told of %q", code, s.signedOut())
		}
	}
}
