package matterporttest_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	callback = "https://partner.example/connect/callback"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	// The challenge that RFC 7636, appendix B derives from it.
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// The accounts of [matterporttest.DefaultAccounts].
const (
	owner     = "harbour" // of the application; it has the models of account()
	gallery   = "gallery"
	printRoom = "Rv7tLw3dXc9" // a model of the gallery's, as is
	sculpture = "Rv4hGm8sKq2"
)

// partner is account() with an application that has one redirect URL.
func partner() matterporttest.Config {
	cfg := account()
	cfg.OAuth.RedirectURLs = []string{callback}
	return cfg
}

// production is partner() with an application that every account can authorize.
func production() matterporttest.Config {
	cfg := partner()
	cfg.OAuth.Production = true
	return cfg
}

// wish is a good authorize request with further parameters; an empty one is left out.
func wish(pairs ...string) url.Values {
	return changed(url.Values{
		"client_id":     {matterporttest.DefaultOAuthClientID},
		"response_type": {"code"},
		"redirect_uri":  {callback},
		"scope":         {"ViewDetails"},
	}, pairs)
}

func changed(form url.Values, pairs []string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			form.Del(pairs[i])
			continue
		}
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func authorizeURL(form url.Values) string { return "/oauth/authorize?" + form.Encode() }

// returned parses the address that a browser is sent back to.
func returned(t testing.TB, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// agree lets the owner of an account agree to a wish, and returns the code.
func agree(t testing.TB, s *matterporttest.Server, account string, form url.Values) string {
	t.Helper()
	address, err := s.Allow(authorizeURL(form), account)
	if err != nil {
		t.Fatal(err)
	}
	code := returned(t, address).Get("code")
	if code == "" {
		t.Fatalf("no code in %s", address)
	}
	return code
}

// exchange is a good request for the code of wish(), with further parameters.
func exchange(code string, pairs ...string) url.Values {
	return changed(url.Values{
		"grant_type":    {"authorization_code"},
		"client_id":     {matterporttest.DefaultOAuthClientID},
		"client_secret": {matterporttest.DefaultOAuthClientSecret},
		"redirect_uri":  {callback},
		"scope":         {"ViewDetails"},
		"code":          {code},
	}, pairs)
}

func refresh(token string, pairs ...string) url.Values {
	return changed(url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {matterporttest.DefaultOAuthClientID},
		"client_secret": {matterporttest.DefaultOAuthClientSecret},
		"refresh_token": {token},
	}, pairs)
}

// tokens sends a request to the token endpoint that has to succeed.
func tokens(t testing.TB, s http.Handler, form url.Values) *answer {
	t.Helper()
	a := send(s, formRequest(form))
	if a.Code != http.StatusOK || a.body.AccessToken == "" {
		t.Fatalf("token endpoint answered %d %s", a.Code, a.Body)
	}
	return a
}

// connected connects an account with some scopes and returns the exchange's answer.
func connected(t testing.TB, s *matterporttest.Server, account, scopes string) *answer {
	t.Helper()
	code := agree(t, s, account, wish("scope", scopes))
	return tokens(t, s, exchange(code, "scope", scopes))
}

// refused sends a request to the token endpoint that has to fail.
func refused(t testing.TB, s http.Handler, form url.Values, status int, code string) {
	t.Helper()
	if a := send(s, formRequest(form)); a.Code != status || a.body.Error != code || a.body.AccessToken != "" {
		t.Errorf("answer = %d %s; want %d %s", a.Code, a.Body, status, code)
	}
}

// works says whether a token opens the Model API. To ask is to use the token.
func works(t testing.TB, s http.Handler, bearer string) bool {
	t.Helper()
	a := send(s, graphRequest(bearer, `{ models { totalResults } }`, nil))
	return a.Code == http.StatusOK && len(a.body.Errors) == 0
}
