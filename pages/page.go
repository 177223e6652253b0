package handler

import "html/template"

// Page is what the templates are filled with.
type Page struct {
	Title    string
	Base     string // what relative addresses begin with: nothing, "../", or the prefix of a fragment
	Home     string // the address of the gallery, or of the page of the connected accounts
	HomeName string // what a link to it says
	Nonce    string // for the page's scripts
	Words    Strings
	View     *ViewPage    // in view.html
	List     *GalleryPage // in gallery.html and the part gallery
	Error    *ErrorPage   // in error.html
	Connect  *ConnectPage // in connect.html, connect-begin.html and connect-done.html

	// Origin, in signed-in.html and connect-begin.html, is that of the page which opened the window.
	Origin string

	ScriptName, StyleName, ConnectScriptName string

	needs needs
}

// ViewPage is the space of a view.
type ViewPage struct {
	Model, Name string
	Endpoint    string // attribute of the element; empty: beside its script
	Strings     string // attribute of the element
	ImportMap   template.HTML
}

// ErrorPage is a refusal.
type ErrorPage struct {
	Code, Text string
	Head, More string      // the first sentence of Text, and what follows it
	Temporary  bool        // trying again may help
	Again      string      // where to try again; empty: at the same address
	Scopes     []ScopeText // what is needed, where that is what is missing
	Window     bool        // it may be in a window of its own, to be closed
}
