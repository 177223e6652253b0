// Package pages decides how every page looks, whichever package it is of: its words, its templates, its
// security headers, the browser module and the style that it loads, and the Showcase that it opens.
//
// [New] checks a [Config] once. The [Pages] that it returns are given to the constructors of packages
// handler and accounts, and to the gates of package middleware, which refuse people with pages of the same
// look. A host that mounts everything through package pme only fills in the Config.
//
// The pages of gates and logins may be at any address, so they have their style in themselves: see
// [Pages.Standalone]. So has the page of a space, to be drawn sooner. A head of the host's own should show Page.Style if it is not empty.
//
// # Templates
//
// Config.Templates replaces built-in templates by name. All of them are given a [Page]:
//
//	head, header, footer  parts of every page; header and footer are empty
//	top                   part of the gallery and of the connected accounts: the way home, who is signed in, and how to sign out
//	person                part of the page of a space: the same behind a button
//	account               part: as whom one is signed in, whom to ask, and how to change that
//	error.html            a refusal, in Page.Error
//	signed-in.html        where a sign-in in a popup ends
//	signed-out.html       where signing out ends, and where one who is signed in can sign out
//	view.html             one space, in Page.Space
//
// A header of the host's own that has a way home or a sign-out takes the place of top and person if these are defined as empty.
//
// The words of a page, in Page.Words, are in the language that its browser prefers; see [Config.Languages].
//
// Package handler adds gallery.html and the part gallery, package accounts the pages of connected
// accounts; both put what they show in Page.Data. Before version 1.0, fields may still change.
package pages
