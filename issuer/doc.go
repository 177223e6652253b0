// Package issuer decides whether a user may have a viewing token, finds one that is still good, mints one
// if there is none, and revokes tokens.
//
// A request flows one way:
//
//	authorize   may this user see every one of these models? Asked on every request, reuse included.
//	reuse       is there a stored token that the Showcase SDK can still work with?
//	mint        if not, exactly one call to Matterport, however many requests ask at once.
//	record      every live token is stored by user, session and model, until it expires.
//
// Requests are on their way while users are locked out. So each request is marked before it is known who sent
// it ([Issuer.Begin]), and gets nothing that was revoked since.
//
// Two figures rule the whole package. The Showcase SDK asks for its next token 60 seconds before the one
// it holds expires, and if it is given one with less than that to live it asks again at once, without
// end. So no answer carries a token with 60 seconds or less left, and a token is reused only while more
// than [Config.RefreshBefore] of its life is left.
//
// The issuer fails closed: if the policy, the store or the clock fails, it issues no token. It knows
// nothing of HTTP; package handler turns its errors into answers. Where tokens are stored is defined by
// package store below it.
package issuer
