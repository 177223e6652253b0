package accounts

import (
	"cmp"
	"embed"
	"encoding/json"

	"github.com/go-pme/pme/internal/wording"
	"github.com/go-pme/pme/matterport"
)

//go:embed languages/*.json
var shippedLanguages embed.FS

// Strings are the words of the pages of connected accounts. An empty field has the words that the package ships for the page's
// language; see pages.Strings.
type Strings struct {
	Title        string // heads the page, and names it in links
	Account      string // a connection that has no name
	None         string // there are no connections
	Since        string // stands before the time it was connected
	Refreshed    string // stands before the time it was renewed last
	Allowed      string // heads what this site may do with it
	Again        string // it has to be connected again
	Choose       string // button: opens the model selector
	Reconnect    string // button
	Delete       string // button
	DeleteAsk    string // asks whether to
	DeleteMeans  string // says what it means
	Cancel       string // button: do not
	Rename       string // button, and heads what it opens
	Save         string // button: gives the name
	Renamed      string // it was done
	Spaces       string // stands before how many spaces an account has, and the names of the first
	Twin         string // stands before the names of connections that have the same spaces
	Close        string // button: of a window or the model selector
	Add          string // heads the form
	AddAgain     string // heads the form for a connection that is to be connected again
	Label        string // of the field for a connection's name
	LabelHelp    string // says what it is for
	LabelAnother string // says so where the user has connected an account before
	Asks         string // stands before what is asked for
	Charged      string // marks what can cost money
	ChargedMeans string // says who pays
	Keeps        string // what this site keeps
	Withdraw     string // how it is undone
	Go           string // button: leads to Matterport
	Connected    string // heads the page on which connecting ends
	GoOn         string // leads on from there
	Chosen       string // heads the chosen spaces
	All          string // heads them where all of an account are chosen
	More         string // button: shows more of them
	Leaving      string // Matterport is in another window
	Deleted      string // it was done
	Failed       string // it was not

	// Scopes say by name what the application may do, after Asks.
	Scopes map[string]string
}

// shipped returns the words that the package has for a language, and English ones where it has none.
func shipped(lang string) Strings {
	base, _ := wording.Shipped[Strings](shippedLanguages, "en")
	own, _ := wording.Shipped[Strings](shippedLanguages, lang)
	return wording.Over(base, own)
}

// forScript are the words that the script needs, in JSON.
func (s Strings) forScript() string {
	text, _ := json.Marshal(map[string]string{ // has a form in JSON
		"choose": s.Choose, "close": s.Close, "chosen": s.Chosen, "all": s.All,
		"leaving": s.Leaving, "renamed": s.Renamed, "spaces": s.Spaces, "twin": s.Twin, "deleted": s.Deleted, "failed": s.Failed, "connected": s.Connected,
	})
	return string(text)
}

// Scope is something that the application may do with an account, in words.
type Scope struct {
	Scope       matterport.Scope
	Charged     bool // it can cost the account's owner money
	Description string
}

func (s Strings) scopes(scopes []matterport.Scope) []Scope {
	var out []Scope
	for _, scope := range scopes {
		text := cmp.Or(s.Scopes[string(scope)], string(scope))
		out = append(out, Scope{Scope: scope, Charged: scope.Charged(), Description: text})
	}
	return out
}
