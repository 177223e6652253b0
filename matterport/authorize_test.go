package matterport_test

import (
	"testing"

	"github.com/go-pme/pme/matterport"
)

// The verifier is that of RFC 7636, appendix B, and so is the challenge.
func TestAuthorizeURL(t *testing.T) {
	const (
		verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
		challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
	)
	for name, tc := range map[string]struct {
		change  func(*matterport.OAuthConfig)
		attempt string
		want    string
	}{
		"defaults": {
			func(*matterport.OAuthConfig) {}, "ATTEMPT7",
			"https://authn.matterport.com/oauth/authorize?client_id=client-id&" + challenge +
				"&redirect_uri=https%3A%2F%2Fintranet.example.com%2Fpme%2Fconnect%2Fcallback%3Fattempt%3DATTEMPT7" +
				"&response_type=code&scope=ViewDetails+DownloadAssets&state=ATTEMPT7",
		},
		// The order and the writing of what is registered stay as they are.
		"redirect URL with a query": {
			func(cfg *matterport.OAuthConfig) { cfg.RedirectURL = "HTTPS://example.com/cb?z=%7e&a=b+c" }, "ATTEMPT7",
			"https://authn.matterport.com/oauth/authorize?client_id=client-id&" + challenge +
				"&redirect_uri=HTTPS%3A%2F%2Fexample.com%2Fcb%3Fz%3D%257e%26a%3Db%2Bc%26attempt%3DATTEMPT7" +
				"&response_type=code&scope=ViewDetails+DownloadAssets&state=ATTEMPT7",
		},
		"page with a query": {
			func(cfg *matterport.OAuthConfig) { cfg.AuthorizeURL = "http://127.0.0.1:8080/authorize?region=cn" }, "ATTEMPT7",
			"http://127.0.0.1:8080/authorize?region=cn&client_id=client-id&" + challenge +
				"&redirect_uri=https%3A%2F%2Fintranet.example.com%2Fpme%2Fconnect%2Fcallback%3Fattempt%3DATTEMPT7" +
				"&response_type=code&scope=ViewDetails+DownloadAssets&state=ATTEMPT7",
		},
		"attempt with signs": {
			func(cfg *matterport.OAuthConfig) { cfg.Scopes = cfg.Scopes[:1] }, "a&b=c",
			"https://authn.matterport.com/oauth/authorize?client_id=client-id&" + challenge +
				"&redirect_uri=https%3A%2F%2Fintranet.example.com%2Fpme%2Fconnect%2Fcallback%3Fattempt%3Da%2526b%253Dc" +
				"&response_type=code&scope=ViewDetails&state=a%26b%3Dc",
		},
	} {
		t.Run(name, func(t *testing.T) {
			app := newApp(t, &upstream{}, tc.change)
			if got := app.AuthorizeURL(tc.attempt, verifier); got != tc.want {
				t.Errorf("AuthorizeURL is\n%s; want\n%s", got, tc.want)
			}
		})
	}
}
