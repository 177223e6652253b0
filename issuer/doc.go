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
// A user can be locked out while one of the user's requests is in progress. So each request takes a mark before
// its user is recognized ([Issuer.Begin]), and gets no token that was revoked after the mark.
//
// Two limits apply everywhere in the package. The Showcase SDK asks for its next token 60 seconds before the
// current one expires. If the new token expires sooner than that, the SDK asks again at once, in an endless
// loop. So no answer carries a token with 60 seconds or less left, and a token is reused only while more
// than [Config.RefreshBefore] of its life is left.
//
// The issuer fails closed: if the policy, the store or the clock fails, it issues no token. It knows
// nothing of HTTP; package handler turns its errors into answers. Package issuer/store defines the interface
// of the token store.
package issuer
