package matterport

import (
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// attemptParameter is added to the redirect URL's query: Matterport does not promise to send state
// back, but to keep the query (docs/matterport.md §5).
const attemptParameter = "attempt"

// AuthorizeURL returns where to send the browser of an account's owner, who signs in there and is asked
// to allow [OAuthApp.Scopes] (RFC 6749 §4.1.1).
//
// The attempt is a nonce of the caller's that cannot be guessed. It goes out as state and as the
// parameter "attempt" of the redirect URI's query, so that it comes back in one of the two at least.
// The verifier, of 43 to 128 characters, is for PKCE (RFC 7636): make one with
// [oauth2.GenerateVerifier] for each attempt, keep it on the server, and pass both to
// [OAuthApp.Exchange]. Neither is checked here.
func (a *OAuthApp) AuthorizeURL(attempt, verifier string) string {
	app := oauth2.Config{
		ClientID:    a.api.id,
		Endpoint:    oauth2.Endpoint{AuthURL: a.authorize},
		RedirectURL: a.callback(attempt),
		Scopes:      strings.Fields(joinScopes(a.scopes)),
	}
	return app.AuthCodeURL(attempt, oauth2.S256ChallengeOption(verifier))
}

// callback is the redirect URI of an attempt. At the exchange it must be the same as before (RFC 6749
// §4.1.3), and what is registered at Matterport must be found in it letter by letter, so the
// configured URL is not taken apart.
func (a *OAuthApp) callback(attempt string) string {
	separator := "?"
	if strings.Contains(a.redirect, "?") {
		separator = "&"
	}
	return a.redirect + separator + attemptParameter + "=" + url.QueryEscape(attempt)
}
