package pages

import "html/template"

// Page is what the templates are filled with. [Pages.Page] makes one.
type Page struct {
	Title    string
	Base     string // what relative addresses begin with: nothing, "../", or the prefix of a fragment
	Home     string // the address of the gallery, or of the page of the connected accounts
	HomeName string // what a link to it says
	Nonce    string // for the page's scripts
	Words    Strings
	Space    *Space   // in view.html
	Error    *Refusal // in error.html
	Data     any      // in the pages of handler and accounts: see there

	// Origin is that of the page which opened the window, if the address names it and it is one of
	// Config.AllowedOrigins.
	Origin string

	// ScriptName and StyleName are the names of the browser module and of the style, below Base.
	ScriptName, StyleName string

	// FrameURL and FormURL are addresses of other sites whose pages this one may frame, and to which
	// its forms may lead, beside those of this site. A page with a Space frames Showcase instead.
	FrameURL, FormURL string
}

// Space is the space that view.html shows.
type Space struct {
	Model, Name string
	Endpoint    string // attribute of the element; empty: beside its script

	// Strings and ImportMap are filled in by [Pages.Show].
	Strings   string // attribute of the element
	ImportMap template.HTML
}

// Refusal is what error.html shows.
type Refusal struct {
	Code, Text string
	Head, More string   // the first sentence of Text, and what follows it
	Temporary  bool     // trying again may help
	Again      string   // where to try again; empty: at the same address
	Missing    []string // what is missing, one entry a line
	Window     bool     // the page may be in a window of its own, to be closed
}
