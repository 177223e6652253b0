// Package handler holds the HTTP endpoints. Each can be mounted alone, behind whatever middleware puts
// an [identity.User] into the request's context; without one, every endpoint but [Script] and [Style] refuses.
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
// # Errors
//
// JSON endpoints answer errors in the shape of RFC 6749 §5.2, {"error":…,"error_description":…}, where
// error is for the page's script and error_description is a sentence for the visitor:
//
//	400  invalid_request          the query names no model, too many, or what is no model ID
//	401  login_required           nobody is signed in
//	403  access_denied            the policy does not allow it, or there is no such model: it looks the same
//	404  model_not_found          allowed, but gone at Matterport
//	405  invalid_request          with Allow
//	429  temporarily_unavailable  this person asks for too many tokens; with Retry-After
//	502  upstream_error           Matterport refuses the application, or is not understood
//	503  temporarily_unavailable  Matterport, the store or the policy does not answer; with Retry-After
//
// Every JSON answer is no-store: a browser that kept one would hand the SDK its old token again.
package handler
