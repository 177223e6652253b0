// Package handler holds the HTTP endpoints for spaces of the account that the application has. Each can
// be mounted alone, behind any middleware that puts an [identity.User] into the request's context;
// without one, every endpoint refuses. The root package pme mounts them all. The endpoints for accounts
// that users connect themselves are in package accounts.
//
//	Token    GET   ?modelId=ID     a viewing token, for the Showcase SDK; repeat modelId for several models
//	Link     GET   ?modelId=ID     a complete Showcase link, for a plain iframe
//	Models   GET   [q=words]       what the user may open
//	Adjacent GET   ?modelId=ID     the spaces before and after one
//	Revoke   POST  [modelId=ID]    revoke the user's own tokens
//	Watch    GET   [modelId=ID]    server-sent events: what happens to the user's access
//	Settings GET                   what the browser module has to know
//	View     GET   …/{model}       a page that shows one space
//	Gallery  GET   [q=words]       a page that lists the user's spaces
//	SignedIn GET                   a page on which a sign-in in a popup ends
//
// # Logins outside
//
// A revocation covers requests that have passed the gate, if they were marked before anything decided who sent
// them. The gates of package middleware mark the requests that they let through to an endpoint. If something else
// decides who sends a request, put [Begin] before it.
//
// # Errors
//
// JSON endpoints answer errors in the shape of RFC 6749 §5.2, {"error":…,"error_description":…}, where
// error is for the page's script and error_description is a sentence for the visitor:
//
//	400  invalid_request          the query names no model, too many, or what is no model ID
//	401  login_required           no user is signed in
//	403  access_denied            the policy does not allow it, or there is no such model: it looks the same
//	403  cross_origin             a POST that seems to come from a page of another site
//	404  model_not_found          allowed, but gone at Matterport
//	405  invalid_request          with Allow
//	429  temporarily_unavailable  this user asks for too much; with Retry-After
//	501  not_supported            Watch only: a middleware buffers the answer
//	502  upstream_error           Matterport refuses the application, or gives an answer that makes no sense
//	503  access_ending            the user's access ends within a minute or two, at Retry-After; a running tour goes on until then
//	503  temporarily_unavailable  Matterport, the store or the policy does not answer, or the user was revoked
//	                              while the request was on its way; with Retry-After
//
// Pages answer the same errors with a page, and a script in JSON. The address of a page with a model ID in it that
// can be none is 400 as well, and says so in words about the link.
//
// Every JSON answer is no-store: a browser that kept one would hand the SDK its old token again.
package handler
