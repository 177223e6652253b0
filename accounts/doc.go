// Package accounts is the HTTP face of package connect: the pages and endpoints with which users connect
// Matterport accounts of their own, choose spaces of them, and use them. The root package pme mounts it
// if it is given Connections; it can also be mounted alone.
//
// # Addresses
//
// A [Handler] answers everything below one address. Have its prefix taken off, without the slash that
// follows it: the Handler knows itself as "", its page as "/", and the others as "/token" and so on.
//
//	accounts := h.Behind(gate.Require)
//	mux.Handle("/connect", http.StripPrefix("/connect", accounts))
//	mux.Handle("/connect/", http.StripPrefix("/connect", accounts))
//
// These are the addresses. One with a star is also there for each connection, below the connection's ID,
// such as /ID/token; "." is then /ID itself. Without an ID, the only connection of the user is meant; a
// user who has more gets several_connections.
//
//	GET     .*              what the user has connected, in JSON; a person who opens it gets to the page
//	POST    .*              begins an attempt to connect an account; with an ID, to connect it again
//	DELETE  .*              deletes a connection: ?confirm=ID
//	GET     /               the page
//	POST    /               begins an attempt, for the form of the page
//	GET     /callback       where Matterport sends the browser back to
//	GET     /done           where that ends
//	POST    /rename*        gives a connection the name in label; an empty one takes the name away
//	GET     /begin*         a page that says what is asked for, and begins
//	GET     /signed-in*     where a popup of the browser module ends, or connects first
//	GET     /token*         an access token, for the Showcase SDK
//	GET     /link*          a complete Showcase link, for a plain iframe: ?modelId=ID
//	GET     /models*        the spaces of the account: ?q=words&limit=24&offset=…
//	GET     /settings*      what the browser module has to know
//	GET     /watch*         server-sent events that tell a page at once what happens to the connection
//	GET     /view/{model}*  a page that shows one space
//
// The callback comes from Matterport's site, so the host's session cookie has to be SameSite=Lax: with
// Strict, the gate sends users to sign in on their way back.
//
// A Handler serves the browser modules and the style of its pages as well: connect.js, pme.js and
// pme.css. These are public. Everything else is refused without a signed-in user.
//
// # What a page is told
//
// GET /watch is a stream as that of package handler's Watch. The events have no modelId, as a connection opens all spaces
// of its account:
//
//	event: refused
//	data: {"error":"reconnect_required","error_description":"…"}
//
// says that the connection cannot be used: its account has to be connected again, or it was deleted, or the user may
// not use it. With the error login_required it says that the user is no longer signed in, and ends the stream.
//
//	event: renew
//	data: {}
//
// says that it can be used again, or that the account was connected again. A user has at most 4 streams. What another
// process changes is noticed within 25 seconds. Streams end with the Connections, too.
//
// # Errors
//
// They have the shape and the codes of package handler's, and these besides:
//
//	400  attempt_over             a callback belongs to no running attempt of this user in this browser
//	401  reconnect_required       Matterport has refused the connection; connect_url says where to renew it
//	403  cross_origin             a POST or DELETE that seems to come from a page of another site
//	403  consent_denied           the owner of the account did not agree
//	403  account_refused          Matterport does not let the account connect to the application (Development Mode)
//	403  missing_scopes           less was allowed than is needed
//	404  model_not_found          the connected account has no such space
//	404  not_connected            there is no such connection, or none at all; connect_url says where to make one
//	409  several_connections      the address has to name one of them
//	409  too_many_connections     one has to be deleted first
//	409  confirmation_required    the connection's ID has to be repeated
//
// # Templates
//
// The pages are connect.html, connect-begin.html and connect-done.html, with the parts connect-form and
// time. They are given a [Page] in the Data of a [pages.Page], and are replaced as package pages says.
package accounts
