// Package admin has the pages for the people who run the application: who may see what at this moment, and how to end it.
//
//	GET   .             the live tokens, by person and by space; person= and space= search, page=
//	GET   revoke        asks before it is done: user= [session=], or model=, or all=1
//	POST  revoke        revokes: the same fields; own=1 if that ends the administrator's own session, word=everything for all
//	GET   explain       why a user may or may not open a space: user= model= [email= verified=1 groups=]
//	GET   connections   the accounts that a user has connected: user=
//	POST  connections   deletes one: user= connection=
//	GET   health        the parts of the application
//	GET   events        what happened in the last 24 hours: kind= user= model= page=
//
// Each answers a person with a page and everyone else in JSON. The fields of a POST are a form's.
//
// # Who may
//
// [Options].Allow decides for each request who is an administrator. It is asked after the gate, which knows who the user is. All
// others get the answer of an address at which there is nothing. Every revocation and deletion needs a recent sign-in too:
// see [Options].RecentLogin. A POST that seems to come from a page of another site is refused. No page can be framed, and none
// has a script.
//
// # What is shown
//
// No answer has a token, a link, a session or another secret in it. Tokens and sessions have fingerprints, which are hashes, cut
// short. Answers have user IDs, names, e-mail addresses and groups in them: they are personal data.
//
// The list of live tokens is a few seconds old, and says how old. The tours that are open, and the events, are those of the
// process that answers; the tokens are those of all replicas.
//
// # Events
//
// Each act emits event.AdminActed with the administrator in By: list_tokens, revoke_user, revoke_session, revoke_model,
// revoke_all, explain, list_connections, delete_connection, see_health, list_events. The events of a revocation have the reason
// admin and the administrator in By. Requests of users who are no administrators, and acts without a recent sign-in, emit
// event.RequestRefused.
//
// # Errors
//
//	400  invalid_request          a field is missing or malformed
//	400  confirmation_required    own=1 or word=everything is missing
//	401  login_required           no user is signed in
//	403  cross_origin             a POST that seems to come from a page of another site
//	403  login_too_old            sign in again, at login_url if there is one
//	404  invalid_request          nothing is there, or the user is no administrator
//	405  invalid_request          with Allow
//	503  temporarily_unavailable  the store, the policy or Allow does not answer; with Retry-After
//	503  incomplete               a revocation has failed, at least in part; with Retry-After
package admin
