// Package handler holds the HTTP endpoints. Each can be mounted alone, behind whatever middleware puts
// an [identity.User] into the request's context; without one, every endpoint but [Script], [ConnectScript] and [Style] refuses.
// The root package pme mounts them all.
//
//	Token    GET   ?modelId=ID     a viewing token, for the Showcase SDK; repeat modelId for several models
//	Link     GET   ?modelId=ID     a complete Showcase link, for a plain iframe
//	Models   GET                   what the person may open
//	Revoke   POST  [modelId=ID]    take the person's own tokens back
//	View     GET   …/{model}       a page that shows one space
//	Gallery  GET   [q=words]       a page that lists the person's spaces
//	SignedIn GET                   a page on which a sign-in in a popup ends
//
// [Connect] holds those with which people connect Matterport accounts of their own, and use them.
//
// # Errors
//
// JSON endpoints answer errors in the shape of RFC 6749 §5.2, {"error":…,"error_description":…}, where
// error is for the page's script and error_description is a sentence for the visitor:
//
//	400  invalid_request          the query names no model, too many, or what is no model ID
//	401  login_required           nobody is signed in
//	403  access_denied            the policy does not allow it, or there is no such model: it looks the same
//	404  model_not_found          allowed, but gone at Matterport, or not in the connected account
//	405  invalid_request          with Allow
//	429  temporarily_unavailable  this person asks for too much; with Retry-After
//	502  upstream_error           Matterport refuses the application, or is not understood
//	503  temporarily_unavailable  Matterport, the store or the policy does not answer; with Retry-After
//
// Those of [Connect] besides:
//
//	400  attempt_over             a callback belongs to no attempt of this person in this browser that is under way
//	401  reconnect_required       Matterport has refused the connection; connect_url says where to renew it
//	403  consent_denied           the owner of the account did not agree
//	403  account_refused          Matterport does not let the account connect to the application (Development Mode)
//	403  missing_scopes           less was allowed than is needed
//	404  not_connected            there is no such connection, or none at all; connect_url says where to make one
//	409  several_connections      the address has to name one of them
//	409  too_many_connections     one has to be forgotten first
//	409  confirmation_required    the connection's ID has to be repeated
//
// Every JSON answer is no-store: a browser that kept one would hand the SDK its old token again.
package handler
