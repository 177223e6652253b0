// Package middleware answers the first question of every request: who sent it?
//
// A [Gate] recognizes the user behind a request and puts the [identity.User] into the request's context.
// An unrecognized request does not get past it. [NewSession] makes a gate from the host application's own
// gorilla/sessions login, [Func] with [New] one from any other login, [NewTrustedHeader] one from the
// headers of an authenticating proxy, and [First] one from several gates. Package bearer makes one from
// the tokens that an identity provider gives to single-page applications, package whoami one for hosts in any
// language, which it asks, and package hostjwt one for JWTs that a host signs itself. How users sign in stays the
// host's business: these gates have no login page and write no cookie. Package oidclogin, for
// applications without a login of their own, does both: it signs users in at an OpenID provider, and out
// again.
//
// A host writes a gate of its own by implementing [Recognizer]. [BehindProxy] tells an application behind a proxy
// at which address browsers find it.
//
// # Four answers
//
// A gate tells four outcomes apart:
//
//   - A signed-in user: the request goes on, with the user in its context.
//   - An unauthenticated request: a page request is redirected to the login page and comes back from
//     there, if the gate has a LoginURL. All other requests get 401, with the address of the login page
//     in JSON, because a script cannot do anything with a redirect to HTML. A page in a frame is not
//     redirected either, as most logins refuse to be framed: it gets 401, and a link to the login that
//     opens in the whole window.
//   - A credential that is not accepted, such as an expired token: 400, 401 or 403, and never a redirect. Sessions are not like that: a cookie that cannot be read counts as no credential.
//   - An error: the host could not tell, for instance because a database did not answer. The request
//     gets 503 and Retry-After. It is never let through, and never redirected to the login either: a
//     user who is signed in already could not make sense of that.
//
// What is not redirected is a page for a person and JSON for a script. The pages look like those of package pages:
// [Gate.UsePages] says how.
//
// If the login does not reach the gate, as with another session name, other keys or a Secure cookie on plain http,
// users are sent to log in again and again. The gate then warns once for each browser, with the cookie that it looks for
// and the names of those that came. It tells browsers apart by address, User-Agent and page, for a few minutes and in
// memory of a fixed size, so it can miss one, and sets no cookie for it.
//
// A gate says who the user is and not what they may see: the policy does that.
//
// # Sessions that have ended
//
// A session cookie cannot be deleted: anyone may have a copy. A gate recognizes what the host's login
// recognizes, so if the session is in the cookie alone, as with a [sessions.CookieStore], a copy of it goes on
// until it expires, even after the user has signed out. Config.Revocations is the cure: see
// [Gate.RevokeSessions].
package middleware
