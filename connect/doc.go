// Package connect keeps the Matterport accounts that people have connected to the application by OAuth, so
// that it can show the private spaces of those accounts to them (RFC 6749 §4.1, docs/matterport.md §5).
//
// A person begins an attempt with [Connections.Begin], agrees at Matterport, and comes back with a code
// that [Connections.Finish] redeems. From then on [Connections.Token] gives out access tokens in the shape
// that the Showcase SDK wants, renews them, and says when the person has to connect again.
//
// # An attempt
//
// A link to another account's callback must not be able to connect that account to the person who follows
// it. An attempt is therefore bound to the user who began it and to the browser it was begun in, ends after
// ten minutes, and can be used once. None of this rests on Matterport: whether it echoes the state is not
// documented, so the nonce of an attempt is in the query of the redirect URI as well, and either will do.
// PKCE's verifier is always sent.
//
// # Tokens
//
// Both tokens of a connection are in the store, and each request reads them there: all replicas use at once
// what one has renewed, and a deleted connection is gone everywhere. Each process renews a connection once
// at a time, under the store's lock for it, and commits the new tokens before any caller sees them. If the
// commit fails, the tokens stay in memory, as Matterport may have made the old ones void. The process commits them
// within about a second of when the store works again. Other replicas wait for two seconds after an outage before they
// renew anything, and when Matterport refuses a refresh token, before they give the connection up.
//
// If Matterport asks for a wait, by Retry-After, nothing is renewed before it is over, and a model query of an account
// waits as well. Callers get [ErrUnavailable] with the time that is left. Each process counts for itself.
//
// # The end
//
// [Connections.Shutdown] and [Connections.Close] let what has been sent to Matterport finish. Stop the HTTP server
// before, and close the store and the application after. A pme.Handler that was given the connections does not close
// them.
//
// The package answers no HTTP: package accounts does. Where connections are stored is defined by package
// store below it.
package connect
