// Package pme shows private Matterport spaces to the signed-in users of an existing web application.
//
// It is everything between Matterport's Private Model Embed and a page: a gate takes the user from the
// application's own login, a policy says which models they may see, viewing tokens are minted once and
// reused while they are good, and the browser keeps the space open, until access is withdrawn.
//
//	h, err := pme.New(pme.Config{ … })
//	h.Mount(mux, "/pme") // of net/http; other routers: http.StripPrefix("/pme", h)
//
// This package only puts the others together:
//
//	middleware  who is asking
//	handler     the endpoints, the gallery and the page of a space
//	accounts    the same for accounts that users connect
//	pages       how all pages look
//	issuer      authorize, reuse, mint, revoke
//	access      who may see what
//	catalog     what there is to open, for the gallery
//	connect     accounts that users have connected
//	matterport  Matterport's API
//	health      which part is degraded
package pme

//go:generate env GOWORK=off go -C tools run ./settings ..
