package matterporttest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestOwnerWhoAgreesSendsACodeBack(t *testing.T) {
	s := matterporttest.New(partner())
	address, err := s.Allow("https://any.example"+authorizeURL(wish("redirect_uri", callback+"?attempt=A%2FB&b", "state", "s-1")), "")
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.CutPrefix(address, callback+"?attempt=A%2FB&b&code=")
	if !wanted || !opaque.MatchString(got) {
		t.Errorf("sent to %s", address)
	}
}

func TestStateComesBackOnlyWhereConfigured(t *testing.T) {
	const state = "a b&c=d"
	for _, echo := range []bool{false, true} {
		cfg := partner()
		cfg.EchoState = echo
		s := matterporttest.New(cfg)
		allowed, err := s.Allow(authorizeURL(wish("state", state)), owner)
		if err != nil {
			t.Fatal(err)
		}
		denied, err := s.Deny(authorizeURL(wish("state", state)))
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{allowed, denied} {
			query := returned(t, address)
			if query.Has("state") != echo || echo && query.Get("state") != state {
				t.Errorf("EchoState %v: sent to %s", echo, address)
			}
		}
		bare, err := s.Allow(authorizeURL(wish()), owner)
		if err != nil || returned(t, bare).Has("state") {
			t.Errorf("without a state: sent to %s, %v", bare, err)
		}
	}
}

func TestRefusalsTravelWithTheBrowser(t *testing.T) {
	for name, tc := range map[string]struct {
		form    url.Values
		account string
		before  func(s *matterporttest.Server)
		want    string
	}{
		"another account":     {wish(), gallery, nil, "unauthorized_client"},
		"disabled":            {wish(), owner, func(s *matterporttest.Server) { s.DisableApp(true) }, "unauthorized_client"},
		"implicit":            {wish("response_type", "token"), owner, nil, "unsupported_response_type"},
		"no type":             {wish("response_type", ""), owner, nil, "unsupported_response_type"},
		"no scope":            {wish("scope", ""), owner, nil, "invalid_scope"},
		"blank scope":         {wish("scope", "  "), owner, nil, "invalid_scope"},
		"unknown scope":       {wish("scope", "ViewDetails Everything"), owner, nil, "invalid_scope"},
		"scope in other case": {wish("scope", "viewdetails"), owner, nil, "invalid_scope"},
		"unknown method":      {wish("code_challenge", challenge, "code_challenge_method", "S512"), owner, nil, "invalid_request"},
		"short challenge":     {wish("code_challenge", "short", "code_challenge_method", "S256"), owner, nil, "invalid_request"},
		"method alone":        {wish("code_challenge_method", "S256"), owner, nil, "invalid_request"},
		"nothing granted":     {wish(), owner, func(s *matterporttest.Server) { s.GrantOnly("EditDetails") }, "access_denied"},
		"doubled":             {url.Values{"scope": {"ViewDetails", "EditDetails"}, "client_id": {"demo-partner"}, "redirect_uri": {callback}, "response_type": {"code"}}, owner, nil, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			s := matterporttest.New(partner())
			if tc.before != nil {
				tc.before(s)
			}
			address, err := s.Allow(authorizeURL(tc.form), tc.account)
			if err != nil || !strings.HasPrefix(address, callback+"?") {
				t.Fatalf("sent to %q, %v", address, err)
			}
			query := returned(t, address)
			if query.Get("error") != tc.want || query.Get("error_description") == "" || query.Has("code") {
				t.Errorf("sent to %s; want error %s", address, tc.want)
			}
		})
	}
}

func TestOwnerWhoDoesNotAgreeSendsAnError(t *testing.T) {
	address, err := matterporttest.New(partner()).Deny(authorizeURL(wish()))
	if query := returned(t, address); err != nil || query.Get("error") != "access_denied" || query.Has("code") {
		t.Errorf("sent to %q, %v", address, err)
	}
}

func TestAppMayAskOnlyForItsOwnScopes(t *testing.T) {
	cfg := partner()
	cfg.OAuth.Scopes = []string{"ViewDetails"}
	s := matterporttest.New(cfg)
	agree(t, s, owner, wish())
	address, err := s.Allow(authorizeURL(wish("scope", "ViewDetails EditDetails")), owner)
	if err != nil || returned(t, address).Get("error") != "invalid_scope" {
		t.Errorf("sent to %q, %v", address, err)
	}
}

func TestProductionTakesEveryAccount(t *testing.T) {
	s := matterporttest.New(production())
	agree(t, s, owner, wish())
	agree(t, s, gallery, wish())
}

func TestDevelopmentModeTakesTheOwnersAccount(t *testing.T) {
	cfg := partner()
	cfg.OAuth.Owner = gallery
	s := matterporttest.New(cfg)
	agree(t, s, "", wish())
	address, err := s.Allow(authorizeURL(wish()), owner)
	if err != nil || returned(t, address).Get("error") != "unauthorized_client" {
		t.Errorf("sent to %q, %v", address, err)
	}
}

// What nobody may be redirected for is an error in Go and a page in the browser.
func TestUnknownRedirectIsRefused(t *testing.T) {
	several := partner()
	several.OAuth.RedirectURLs = []string{callback, "https://partner.example/other"}
	for name, tc := range map[string]struct {
		cfg  matterporttest.Config
		form url.Values
	}{
		"unknown client":          {partner(), wish("client_id", "somebody")},
		"the account's client":    {partner(), wish("client_id", matterporttest.DefaultClientID)},
		"no client":               {partner(), wish("client_id", "")},
		"unknown redirect":        {partner(), wish("redirect_uri", "https://evil.example/connect/callback")},
		"none of several":         {several, wish("redirect_uri", "")},
		"none, nothing is known":  {account(), wish("redirect_uri", "")},
		"redirect twice":          {partner(), url.Values{"client_id": {"demo-partner"}, "redirect_uri": {callback, "https://evil.example/"}}},
		"client twice":            {partner(), url.Values{"client_id": {"demo-partner", "other"}, "redirect_uri": {callback}}},
		"wrong type and redirect": {partner(), wish("redirect_uri", "https://evil.example/", "response_type", "token")},
	} {
		s := matterporttest.New(tc.cfg)
		if address, err := s.Allow(authorizeURL(tc.form), owner); err == nil || address != "" {
			t.Errorf("%s: sent to %q", name, address)
		}
		form := url.Values{"account": {owner}, "decision": {"allow"}, "grant": {"ViewDetails"}}
		for parameter, values := range tc.form {
			form[parameter] = values
		}
		for method, a := range map[string]*answer{"GET": get(s, authorizeURL(tc.form)), "POST": decide(s, form)} {
			if a.Code != http.StatusBadRequest || a.Header().Get("Location") != "" || strings.Contains(a.Body.String(), "evil.example") {
				t.Errorf("%s, %s: answer = %d, Location %q", name, method, a.Code, a.Header().Get("Location"))
			}
		}
	}
}

// decide sends the consent page's form.
func decide(s http.Handler, form url.Values) *answer {
	r := httptest.NewRequest(http.MethodPost, "/oauth/authorize", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(s, r)
}

func TestAllowWantsAnAuthorizePageAndAnAccount(t *testing.T) {
	s := matterporttest.New(partner())
	for address, account := range map[string]string{
		"/oauth/token?" + wish().Encode(): owner,
		"/oauth/authorize?%zz":            owner,
		"://":                             owner,
		authorizeURL(wish()):              "nobody",
	} {
		if got, err := s.Allow(address, account); err == nil {
			t.Errorf("%s of %s: sent to %s", address, account, got)
		}
	}
}
