// Package middleware answers the first question of every request: who is asking?
//
// A [Gate] recognises the person behind a request and puts the [identity.User] into the request's
// context; who is not recognised does not get past it. [Session] makes a gate from the host
// application's own gorilla/sessions login, [Func] one from any other login. How people sign in
// stays the host's business: a gate has no login page and writes no cookie.
//
// # Three answers
//
// A gate knows three outcomes, and treats them differently:
//
//   - Somebody: the request goes on, with the person in its context.
//   - Nobody: a page that a person opens in the browser is redirected to the login page and comes
//     back from there; everything else gets 401 with the address of the login page in JSON, because a
//     script cannot do anything with a redirect to HTML.
//   - Doubt: the host could not tell, for instance because a database did not answer. The request
//     gets 503 and Retry-After. Doubt is never taken for somebody, and never sent to log in either:
//     a person who is signed in already could not make sense of that.
//
// A gate says who somebody is and not what they may see: that is the policy's part.
package middleware
