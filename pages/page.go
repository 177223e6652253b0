package pages

import (
	"cmp"
	"html/template"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
)

// Page is what the templates are filled with. [Pages.Page] makes one.
type Page struct {
	Title    string
	Base     string // what relative addresses begin with: nothing, "../", or the prefix of a fragment
	Home     string // the address of the gallery, or of the page of the connected accounts; empty: not known
	HomeName string // what a link to it says
	Nonce    string // for the page's scripts
	Words    Strings
	Space    *Space   // in view.html
	Error    *Refusal // in error.html
	Data     any      // in the pages of handler and accounts: see there

	// Origin is that of the page which opened the window, if the address names it and it is one of
	// Config.AllowedOrigins.
	Origin string

	// User is as whom the person is signed in: name and e-mail address, as far as they are known, else the ID.
	// It is empty if the request has not passed a gate.
	User string

	// Site is Config.HomeURL.
	Site string

	// SignIn is where to sign in, and SignOut where to sign out; in signed-out.html it is where the form
	// leads. Contact is where to ask for access. Each is empty if it is not known.
	SignIn, SignOut, Contact string

	// ScriptName, StyleName and GalleryName are the names of the browser module, of the style and of pme.gallery.js, below Base. Where
	// these are not known, as on the pages of gates and logins, all are empty, and Style is the style. The page of a
	// space has both the names and Style.
	ScriptName, StyleName, GalleryName string
	Style                              template.CSS

	// FrameURL and FormURL are addresses of other sites whose pages this one may frame, and to which
	// its forms may lead, beside those of this site. A page with a Space frames Showcase instead.
	FrameURL, FormURL string

	element string // the words of <pme-space>, as its attribute has them

	// Unframed says that no page may have this one in a frame, whatever Config.FrameAncestors says.
	Unframed bool

	// Leaving says that its form signs the person out, and may lead on to any other site.
	Leaving bool
}

// Space is the space that view.html shows.
type Space struct {
	Model, Name string
	Endpoint    string // attribute of the element; empty: beside its script
	Poster      string // attribute of the element: what is shown until Showcase has drawn; may be empty

	// Params are parameters of Showcase, such as "ss=5&sr=-.05,1.2", for the attribute of that name. Around is what the page asks
	// adjacent for: which space this is, and among which. Without it, there are no ways to the spaces before and after it.
	Params, Around string

	// Viewer is as in [Pages.WriteSettings]. If it is set, the page has the settings in it.
	Viewer []string

	// Strings, ImportMap, Script, Said, Sooner and Frame are filled in by [Pages.Show]. Script is the page's own module, and Said are
	// its words. Sooner is what the template sooner shows. Frame
	// is the address of the frame that the browser begins to load before the module has come; it has no token in it.
	Strings   string // attribute of the element
	ImportMap template.HTML
	Script    template.JS
	Said      string
	Sooner    any
	Frame     string
}

// Refusal is what error.html shows.
type Refusal struct {
	Code, Text string
	Head, More string   // the first sentence of Text, and what follows it
	Denied     bool     // the person is known, or was judged, and may not see it
	Temporary  bool     // trying again may help
	Again      string   // where to try again; empty: at the same address
	Missing    []string // what is missing, one entry a line
	Window     bool     // the page may be in a window of its own, to be closed
}

// nameOf is how a page calls a user.
func nameOf(u *identity.User) string {
	name, email := displayname.Clean(u.Name), displayname.Clean(u.Email)
	if name != "" && email != "" && name != email {
		return name + " (" + email + ")"
	}
	return cmp.Or(name, email, displayname.Clean(u.ID))
}
