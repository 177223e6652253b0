package matterport_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/go-pme/pme/matterport"
)

// What belongs to a connected account, and is told by no error and no log record either. None of it can
// be known for a secret by its looks.
const (
	authCode      = "hush-code/?&<4712>"
	pkceVerifier  = "hush-verifier_without.digits~and-long-enough-for-PKCE"
	refreshSecret = "hush-refresh+token/4713="
	accessBearer  = "hush-access-token"
)

// newApp is an application at u; adjust may change its configuration.
func newApp(t testing.TB, u *upstream, adjust ...func(*matterport.OAuthConfig)) *matterport.OAuthApp {
	t.Helper()
	cfg := goodOAuthConfig()
	cfg.HTTPClient = &http.Client{Transport: u}
	for _, change := range adjust {
		change(&cfg)
	}
	app, err := matterport.NewOAuthApp(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	return app
}

func goodOAuthConfig() matterport.OAuthConfig {
	return matterport.OAuthConfig{
		ClientID:     "client-id",
		ClientSecret: clientSecret,
		RedirectURL:  "https://intranet.example.com/pme/connect/callback",
		Scopes:       []matterport.Scope{matterport.ScopeViewDetails, matterport.ScopeDownloadAssets},
	}
}

// grantOf is the token endpoint's good answer to a code, or, with a refresh token that is new, to a
// refresh.
func grantOf(life string) reply {
	return reply{body: fmt.Sprintf(
		`{"access_token":%q,"token_type":"Bearer","expires_in":%s,"refresh_token":%q,"scope":"ViewDetails DownloadAssets"}`,
		accessBearer, life, refreshSecret+"2")}
}

// grants are the two ways to a token, as every test of what they share calls them.
var grants = map[string]func(testing.TB, *matterport.OAuthApp) (*matterport.OAuthToken, error){
	"authorizationCode": func(t testing.TB, app *matterport.OAuthApp) (*matterport.OAuthToken, error) {
		return app.Exchange(t.Context(), "ATTEMPT", authCode, pkceVerifier)
	},
	"refreshToken": func(t testing.TB, app *matterport.OAuthApp) (*matterport.OAuthToken, error) {
		return app.Refresh(t.Context(), refreshSecret)
	},
}
