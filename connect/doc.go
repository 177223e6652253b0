// Package connect manages the Matterport accounts that users connect to the application by OAuth, so that it
// can show them the private spaces of those accounts (RFC 6749 §4.1, docs/matterport.md §5).
//
// A person begins an attempt with [Connections.Begin], agrees at Matterport, and comes back with a code
// that [Connections.Finish] redeems. From then on [Connections.Token] gives out access tokens in the shape
// that the Showcase SDK wants, renews them, and says when the person has to connect again.
//
// # An attempt
//
// A user who follows a link to another account's callback must not get connected to that account. An attempt is
// therefore bound to the user and the browser that began it, ends after ten minutes, and can be used once. This
// does not depend on Matterport: it does not document whether it echoes the state, so the nonce of an attempt is
// also in the query of the redirect URI, and either is accepted. PKCE's verifier is always sent.
//
// # Tokens
//
// Both tokens of a connection are in the store, and each request reads them there: all replicas use renewed tokens
// at once, and a deleted connection is gone everywhere. Each process renews a connection once
// at a time, under the store's lock for it, and commits the new tokens before any caller gets them. If the
// commit fails, the tokens stay in memory, as Matterport may have made the old ones void. The process commits them
// within about a second of when the store works again. Other replicas wait for two seconds after an outage before they
// renew anything, and when Matterport refuses a refresh token, before they give the connection up.
//
// If Matterport answers with Retry-After, no connection is renewed before that time is over, and no models of the
// account are queried. Callers get [ErrUnavailable] with the remaining time. Each process counts for itself.
//
// # The end
//
// [Connections.Shutdown] and [Connections.Close] wait for requests that have been sent to Matterport. Stop the HTTP
// server before them, and close the store and the application after them. A pme.Handler does not close the connections
// that it uses.
//
// The package serves no HTTP: package accounts does. Package connect/store defines the interface of the store.
package connect
