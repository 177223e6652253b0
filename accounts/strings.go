package accounts

import (
	"cmp"
	"encoding/json"

	"github.com/go-pme/pme/matterport"
)

// Strings are the words of the pages of connected accounts. An empty field stays English.
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

var scopeTexts = map[matterport.Scope]string{
	matterport.ScopeViewPublic:     "find public spaces",
	matterport.ScopeViewDetails:    "find the spaces of the account and see their details, private ones included",
	matterport.ScopeEditDetails:    "change the basic details of its spaces",
	matterport.ScopeDownloadAssets: "download what belongs to its spaces, such as purchased add-ons",
	matterport.ScopePurchaseAssets: "purchase assets for its spaces",
}

func (s Strings) withDefaults() Strings {
	for _, text := range []struct {
		to      *string
		english string
	}{
		{&s.Title, "Matterport accounts"},
		{&s.Account, "Matterport account"},
		{&s.None, "No account is connected yet. Connect yours to see its private spaces here."},
		{&s.Since, "Connected"},
		{&s.Refreshed, "Renewed"},
		{&s.Allowed, "This site may"},
		{&s.Again, "This account has to be connected again."},
		{&s.Choose, "Choose spaces"},
		{&s.Reconnect, "Connect again"},
		{&s.Delete, "Forget"},
		{&s.DeleteAsk, "Forget this account?"},
		{&s.DeleteMeans, "This site forgets the account and can no longer show its spaces. The permission at Matterport stays: you can withdraw it there, in the account's settings."},
		{&s.Cancel, "Cancel"},
		{&s.Rename, "Rename"},
		{&s.Save, "Save"},
		{&s.Renamed, "The name is saved."},
		{&s.Spaces, "Spaces:"},
		{&s.Twin, "It has the same spaces as another one, and may be the same Matterport account:"},
		{&s.Close, "Close"},
		{&s.Add, "Connect an account"},
		{&s.AddAgain, "Connect an account again"},
		{&s.Label, "What to call it"},
		{&s.LabelHelp, "Optional. It helps you to tell several accounts apart."},
		{&s.LabelAnother, "You have connected an account before. A name tells them apart."},
		{&s.Asks, "This site will ask Matterport for permission to"},
		{&s.Charged, "can cost money"},
		{&s.ChargedMeans, "What this site purchases is charged to the Matterport account that you connect."},
		{&s.Keeps, "This site never sees your Matterport password. It keeps a key to the account (a refresh token), encrypted."},
		{&s.Withdraw, "You can have the account forgotten here at any time, and withdraw the permission in the account's settings at Matterport."},
		{&s.Go, "Continue to Matterport"},
		{&s.Connected, "Your Matterport account is connected."},
		{&s.GoOn, "Continue"},
		{&s.Chosen, "Chosen spaces"},
		{&s.All, "All spaces of this account"},
		{&s.More, "Show more"},
		{&s.Leaving, "Continue in the window of Matterport."},
		{&s.Deleted, "The account is forgotten."},
		{&s.Failed, "That did not work. Please try again."},
	} {
		*text.to = cmp.Or(*text.to, text.english)
	}
	return s
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
		text := cmp.Or(s.Scopes[string(scope)], scopeTexts[scope], string(scope))
		out = append(out, Scope{Scope: scope, Charged: scope.Charged(), Description: text})
	}
	return out
}
