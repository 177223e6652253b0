package accounts

import (
	"cmp"
	"embed"
	"html/template"
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/pages"
)

//go:embed templates/*.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*.html"))

// Page is what the pages of connected accounts show, in the Data of a [pages.Page].
type Page struct {
	Words      Strings
	Accounts   []Account // in connect-done.html the one that was connected
	Script     string    // the words that the script needs, in JSON
	ScriptName string    // the name of connect.js, below Base

	// The form that begins an attempt, in the part connect-form.
	Action  string
	Again   string  // the name of the account that is to be connected again; empty: a new connection
	Label   string  // what the form's field for a name holds already
	Another bool    // the user has connected an account before, so that a name helps
	Scopes  []Scope // what is asked for
	Charged bool    // some of it can cost money
}

// Account is a connection.
type Account struct {
	ID, Name             string
	Label                string    // what the user calls it; empty: Name is one of ours
	Connected, Refreshed time.Time // Refreshed is zero before the first time
	Scopes               []Scope
	Reconnect            bool // it has to be connected again
}

// page makes what every page of h is filled with. The second value is the first one's Data.
func (h *Handler) page(r *http.Request) (pages.Page, *Page) {
	lang := h.language(r)
	data := &Page{Words: lang.words, Script: lang.script, ScriptName: script().Lasting}
	page := h.pages.Page(r, upTo(r))
	page.Title, page.HomeName = lang.words.Title, lang.words.Title
	page.Data = data
	return page, data
}

func (l *language) account(c connect.Connection) Account {
	return Account{
		ID: c.ID, Name: l.name(c), Label: c.Label, Connected: toSecond(c.Connected),
		Refreshed: toSecond(c.Refreshed), Scopes: l.words.scopes(c.Scopes), Reconnect: c.Reconnect,
	}
}

// fillForm makes the form one for that account, or for a new one. base leads to the page.
func (l *language) fillForm(data *Page, base string, again *Account, label string) {
	data.Action, data.Label, data.Scopes = cmp.Or(base, "./"), shortened(label), l.scopes
	for _, s := range l.scopes {
		data.Charged = data.Charged || s.Charged
	}
	if again != nil {
		data.Action = base + again.ID
		data.Again = again.Name
	}
}

func shortened(label string) string {
	if text := []rune(label); len(text) > 100 {
		return string(text[:100])
	}
	return label
}
