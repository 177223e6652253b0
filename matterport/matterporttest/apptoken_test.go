package matterporttest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestTokenEndpointAnswersAsTheGuideShows(t *testing.T) {
	a := send(matterporttest.New(account()), formRequest(credentials()))
	if a.Code != http.StatusOK || a.body.TokenType != "Bearer" || a.body.ExpiresIn != 3599 ||
		a.body.Scope != "ViewPublic ViewDetails" || len(a.body.AccessToken) < 40 {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
	if got := a.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type = %q", got)
	}
}

func TestTokenEndpointRefusesWhatIsNotTheDocumentedGrant(t *testing.T) {
	for name, tc := range map[string]struct {
		edit   func(form url.Values)
		header [2]string
		status int
		code   string
	}{
		"wrong secret":     {edit: func(f url.Values) { f.Set("client_secret", "guess") }, status: 401, code: "invalid_client"},
		"wrong client":     {edit: func(f url.Values) { f.Set("client_id", "guess") }, status: 401, code: "invalid_client"},
		"no secret":        {edit: func(f url.Values) { f.Del("client_secret") }, status: 401, code: "invalid_client"},
		"basic as well":    {header: [2]string{"Authorization", "Basic ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ="}, status: 401, code: "invalid_client"},
		"no grant type":    {edit: func(f url.Values) { f.Del("grant_type") }, status: 400, code: "invalid_request"},
		"other grant type": {edit: func(f url.Values) { f.Set("grant_type", "password") }, status: 400, code: "unsupported_grant_type"},
		"doubled":          {edit: func(f url.Values) { f.Add("client_id", "demo-client") }, status: 400, code: "invalid_request"},
		"not a form":       {header: [2]string{"Content-Type", "application/json"}, status: 400, code: "invalid_request"},
		"huge":             {edit: func(f url.Values) { f.Set("pad", strings.Repeat("x", 2<<20)) }, status: 413, code: "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			form := credentials()
			if tc.edit != nil {
				tc.edit(form)
			}
			r := formRequest(form)
			if tc.header[0] != "" {
				r.Header.Set(tc.header[0], tc.header[1])
			}
			if a := send(matterporttest.New(account()), r); a.Code != tc.status || a.body.Error != tc.code {
				t.Errorf("answer = %d %s; want %d %s", a.Code, a.Body, tc.status, tc.code)
			}
		})
	}
}

func TestBasicCredentialsAloneAreRefused(t *testing.T) {
	r := formRequest(url.Values{"grant_type": {"client_credentials"}})
	r.SetBasicAuth(matterporttest.DefaultClientID, matterporttest.DefaultClientSecret)
	if a := send(matterporttest.New(account()), r); a.Code != http.StatusUnauthorized {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
}

func TestCredentialsInTheURLDoNotCount(t *testing.T) {
	r := formRequest(url.Values{"grant_type": {"client_credentials"}})
	r.URL.RawQuery = credentials().Encode()
	if a := send(matterporttest.New(account()), r); a.Code != http.StatusUnauthorized {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
}

func TestModelAPIWantsALiveApplicationToken(t *testing.T) {
	query, variables := operation(t, "model"), map[string]any{"id": office}
	for name, bearer := range map[string]string{"none": "", "unknown": "made-up", "an embed token": "embed"} {
		s := matterporttest.New(account())
		if bearer == "embed" {
			bearer = mint(t, s, office, "10m")
		}
		a := send(s, graphRequest(bearer, query, variables))
		if a.Code != http.StatusUnauthorized || len(a.codes()) != 1 || a.codes()[0] != "request.unauthenticated" {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
	}
}

func TestExpiredApplicationTokenIsAnInvalidGrant(t *testing.T) {
	query, variables := operation(t, "model"), map[string]any{"id": office}
	check := func(t *testing.T, s http.Handler, bearer string) {
		t.Helper()
		a := send(s, graphRequest(bearer, query, variables))
		if a.Code != http.StatusBadRequest || strings.TrimSpace(a.Body.String()) != `{"error":"invalid_grant"}` {
			t.Errorf("answer = %d %s", a.Code, a.Body)
		}
	}
	t.Run("by time", func(t *testing.T) {
		clocked(t, func(t *testing.T) {
			cfg := account()
			cfg.AppTokenLife = time.Minute
			s := matterporttest.New(cfg)
			bearer := appToken(t, s)
			sleep(59 * time.Second)
			if a := send(s, graphRequest(bearer, query, variables)); a.Code != http.StatusOK {
				t.Errorf("a second before its end: %d %s", a.Code, a.Body)
			}
			sleep(time.Second)
			check(t, s, bearer)
		})
	})
	t.Run("by ExpireAppTokens", func(t *testing.T) {
		s := matterporttest.New(account())
		bearer := appToken(t, s)
		s.ExpireAppTokens()
		check(t, s, bearer)
		if a := run(t, s, query, variables); a.Code != http.StatusOK {
			t.Errorf("a new one: %d %s", a.Code, a.Body)
		}
	})
}

func TestTokenLifeIsConfigurable(t *testing.T) {
	a := send(matterporttest.New(matterporttest.Config{AppTokenLife: 90 * time.Second}), formRequest(credentials()))
	if a.body.ExpiresIn != 90 {
		t.Errorf("expires_in = %v", a.body.ExpiresIn)
	}
}

// A demonstration that runs for weeks must not remember every token it ever handed out.
func TestTokensThatEndedLongAgoAreForgotten(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	cfg := account()
	cfg.Now = func() time.Time { return now }
	s := matterporttest.New(cfg)
	bearer, token := appToken(t, s), mint(t, s, office, "10m")
	remove(t, s, token)
	now = now.Add(26 * time.Hour)
	if !s.Deleted(token) {
		t.Fatal("forgotten without need")
	}
	fresh := mint(t, s, office, "10m")
	for range 1100 {
		appToken(t, s)
	}
	if s.Deleted(token) || !s.Live(fresh) {
		t.Error("the old token is remembered, or the new one forgotten")
	}
	a := send(s, graphRequest(bearer, operation(t, "model"), map[string]any{"id": office}))
	if a.Code != http.StatusUnauthorized {
		t.Errorf("an application token of yesterday: %d %s", a.Code, a.Body)
	}
}
