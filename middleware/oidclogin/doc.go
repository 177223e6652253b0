// Package oidclogin signs users in at an OpenID provider, for applications without a login of their own.
// A [Login] serves the endpoints of the login and is the gate in front of the application's pages:
//
//	login, err := oidclogin.New(oidclogin.Config{…})
//	mux.Handle("/auth/", login)
//	mux.Handle("/", login.Require(pages))
//
// # Logins
//
// A login is an authorization code flow with PKCE (RFC 7636), state and nonce. The response parameter iss
// is checked if it is sent or promised (RFC 9207). A callback is accepted only in the browser in which the
// login began, within ten minutes, once. The ID token must come from the issuer, for this client, signed
// with one of its published keys; algorithm none and HMAC are never accepted. The provider is looked up
// when the first login needs it. While it is down, new logins get 503 and signed-in users carry on.
//
// # Users
//
// The user ID is issuer and subject, joined by a number sign, so that no user of another provider can have
// it. The e-mail address is used only if email_verified says so. Groups come from GroupsClaim; a group
// with an empty name is left out, and so are groups that no policy names: see Config.KeepGroup. Claims that
// the ID token lacks are fetched from the userinfo endpoint, which must answer for the same subject. If it
// fails, the address counts as unverified and the name is empty; a user whose groups only userinfo could tell is
// refused. The session's identifier is in identity.User.Session.
//
// # Sessions
//
// A session is an encrypted cookie, with an identifier that is new at each login. It ends by idle time,
// by age, by signing out, by [Login.EndSessions], or when the provider says so (OpenID Connect Back-Channel
// Logout 1.0). The Store keeps that a session has ended, so that a copy of its cookie is refused too. While the
// Store does not answer, every request gets 503.
//
// Groups that do not fit into the cookie are in the Store. If a policy comes to name a group that a session has left
// out, the session is renewed with the tokens of KeepTokens. Without them, its user is asked to sign in
// again on opening a page, once; until then the session goes on with the groups that it has. A cookie of an
// earlier version of this package is treated as none.
//
// # What is not checked
//
// The package does NOT check what a user may see or do, nor, apart from its own endpoints, where a request
// comes from. It does NOT end sessions at the provider that the user has there with other applications; it
// sends the browser to the provider's end_session_endpoint, and the provider decides.
package oidclogin
