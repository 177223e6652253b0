// Package issuer is the heart of pme: it decides whether a person may have a viewing token, finds one
// that is still good, mints one where there is none, and takes them back.
//
// A request flows one way:
//
//	authorize   may this user see every one of these models? Asked on every request, reuse included.
//	reuse       is a token on record that the Showcase SDK can still work with?
//	mint        if not, exactly one call to Matterport, however many ask at once.
//	record      every live token is on record by user, session and model, until it expires.
//
// Two figures rule the whole package. The Showcase SDK asks for its next token [SDKLead] before the
// one it holds expires, and asks again at once, without end, when it is given one with less than that
// to live. So no answer carries a token with [SDKLead] or less left, and a token is reused only while
// more than [Config.RefreshBefore] of its life is left.
//
// The issuer fails closed: when the policy, the store or the clock is in doubt, no token is issued.
// It knows nothing of HTTP; the package handler turns its errors into answers.
package issuer
