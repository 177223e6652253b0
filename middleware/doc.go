// Package middleware answers the first question of every request: who is asking?
//
// A [Gate] recognises the person behind a request and puts the [identity.User] into the request's
// context; who is not recognised does not get past it. [Session] makes a gate from the host
// application's own gorilla/sessions login, [Func] one from any other login, [NewBearer] one from the
// tokens that an identity provider gives to single-page applications, [NewTrustedHeader] one from the
// headers of an authenticating proxy, and [First] one from several. How people sign in stays their
// business: a gate has no login page and writes no cookie. [OIDC], for applications without a login of their
// own, is a gate that does both: it signs people in at an OpenID provider, and out again.
//
// # Four answers
//
// A gate knows four outcomes, and treats them differently:
//
//   - Somebody: the request goes on, with the person in its context.
//   - Nobody: a page that a person opens in the browser is redirected to the login page and comes
//     back from there; everything else gets 401 with the address of the login page in JSON, because a
//     script cannot do anything with a redirect to HTML.
//   - A credential that does not count, such as an expired token: 400, 401 or 403 in JSON, and never
//     the login page. Sessions are not like that: a cookie that cannot be read is nobody's.
//   - Doubt: the host could not tell, for instance because a database did not answer. The request
//     gets 503 and Retry-After. Doubt is never taken for somebody, and never sent to log in either:
//     a person who is signed in already could not make sense of that.
//
// A gate says who somebody is and not what they may see: that is the policy's part.
package middleware
