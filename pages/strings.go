package pages

import (
	"cmp"
	"embed"
	"encoding/json"

	"github.com/go-pme/pme/internal/wording"
)

//go:embed languages/*.json
var languages embed.FS

// Strings are the words of the pages in one language. An empty field has the words that package pages ships for Lang: there
// are files for English ("en"), German ("de") and Arabic ("ar"). For another language, it stays English. docs/languages.md says
// how to write another one.
type Strings struct {
	Lang string // of the pages, such as "de" or "de-AT"; default: "en"
	Dir  string // the direction of writing, "ltr" or "rtl"; default: that of Lang

	Title            string // heads the gallery, without Config.Title
	Search           string // names the search field
	Find             string // its button
	Clear            string // leads back to all spaces
	Sort             string // names the choice of an order
	SortName         string // an order
	SortNameBackward string // an order
	SortNumber       string // an order: by the account's own numbers
	Group            string // names the choice of groups
	GroupNone        string // no groups
	GroupFolder      string // by Matterport's folders
	GroupPlace       string // by town
	GroupName        string // by what names begin with
	Ungrouped        string // heads the spaces that belong to no group
	Groups           string // names the list of groups
	Count            string // how many spaces there are: {all}
	Range            string // which of them the page has: {from}, {to}, {all}
	Pages            string // names the list of pages
	PageNumber       string // names a page: {number}
	PreviousPage     string // leads there
	NextPage         string // leads there
	NoSpaces         string // heads a gallery without any
	NoSpacesHelp     string // says what to do
	NothingFound     string // heads a search that found nothing
	TryOther         string // says what to do
	Partial          string // some spaces may be missing, for a while
	Missing          string // some spaces may be missing; TellOperator follows
	Unlisted         string // heads a gallery that cannot be filled at the moment
	More             string // there are more than can be shown
	AllSpaces        string // leads back to the gallery
	PreviousSpace    string // leads there
	NextSpace        string // leads there
	FullScreen       string // button
	CopyLink         string // button
	Copied           string // it was done
	CopyThis         string // asks people to do so themselves
	Share            string // button
	Account          string // button: shows who is signed in
	Home             string // leads to Config.HomeURL
	Retry            string // loads the page again
	NeedsScript      string // for browsers that run none
	SignedIn         string // heads the page on which a sign-in ends
	SignedOut        string // heads the page on which signing out ends
	SignIn           string // leads to the login
	SignOut          string // button, and leads to Config.SignOutURL
	SignedInAs       string // stands before the person's name
	OtherAccount     string // leads to where one signs out, and in with another account
	WhomToAsk        string // says who gives access
	AskForAccess     string // leads to Config.ContactURL
	NamesMissing     string // Matterport does not say how spaces are called and look
	TellOperator     string // says whom to tell of what does not pass by itself
	CloseWindow      string // says what to do with it
	Close            string // button: closes the window of a refusal

	// Errors are sentences for error codes, such as "access_denied"; see packages handler and accounts. They come before
	// Sentences.
	Errors map[string]string

	// Element are the words of <pme-space>, by the names in pme.d.ts, such as "opening".
	Element map[string]string

	// Sentences are what refusals say, by what they say in English.
	Sentences map[string]string
}

func (s Strings) withDefaults() Strings {
	s.Lang = cmp.Or(s.Lang, "en")
	base, _ := wording.Shipped[Strings](languages, "en")
	if own, ok := wording.Shipped[Strings](languages, s.Lang); ok {
		base = wording.Over(base, own)
	} else {
		base.Dir = direction(s.Lang)
	}
	return wording.Over(base, s)
}

// forView are the words that the script of a space's page needs, in JSON.
func (s Strings) forView() string {
	text, _ := json.Marshal(map[string]string{ // has a form in JSON
		"copied": s.Copied, "copy": s.CopyThis, "previous": s.PreviousSpace, "next": s.NextSpace,
	})
	return string(text)
}

func direction(lang string) string {
	if wording.IsRightToLeft(lang) {
		return "rtl"
	}
	return "ltr"
}
