// Package pme shows private Matterport spaces to the signed-in people of an existing web application.
//
// It is everything between Matterport's Private Model Embed and a page: a middleware takes the person
// from the application's own login, a policy says which models they may see, viewing tokens are minted
// once and reused while they are good, the browser keeps them fresh, and loses them when access is
// withdrawn.
//
//	h, err := pme.New(pme.Config{ … })
//	mux.Handle("/pme/", http.StripPrefix("/pme", h))
//
// This package only puts the rooms together:
//
//	middleware  who is asking
//	handler     the endpoints and pages
//	issuer      authorize, reuse, mint, revoke
//	access      who may see what
//	catalog     what there is to open, for the gallery
//	matterport  Matterport's API
package pme
