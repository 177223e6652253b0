package pages

import "cmp"

// Strings are the words of the pages, for sites in another language. An empty field stays English.
type Strings struct {
	Lang string // of the pages, such as "de"; default: "en"

	Search       string // names the search field
	Find         string // its button
	Clear        string // leads back to all spaces
	NoSpaces     string // heads a gallery without any
	NoSpacesHelp string // says what to do
	NothingFound string // heads a search that found nothing
	TryOther     string // says what to do
	Partial      string // some spaces may be missing, for a while
	Missing      string // some spaces may be missing; TellOperator follows
	Unlisted     string // heads a gallery that cannot be filled at the moment
	More         string // there are more than can be shown
	AllSpaces    string // leads back to the gallery
	Retry        string // loads the page again
	NeedsScript  string // for browsers that run none
	SignedIn     string // heads the page on which a sign-in ends
	SignedOut    string // heads the page on which signing out ends
	SignIn       string // leads to the login
	SignOut      string // button
	SignedInAs   string // stands before the person's name
	OtherAccount string // leads to where one signs out, and in with another account
	WhomToAsk    string // says who gives access
	AskForAccess string // leads to Config.ContactURL
	NamesMissing string // Matterport does not say how spaces are called and look
	TellOperator string // says whom to tell of what does not pass by itself
	CloseWindow  string // says what to do with it
	Close        string // button: closes the window of a refusal

	// Errors are sentences for error codes, such as "access_denied"; see packages handler and accounts.
	Errors map[string]string

	// Element are the words of <pme-space>, by the names in pme.d.ts, such as "opening".
	Element map[string]string
}

func (s Strings) withDefaults() Strings {
	for _, text := range []struct {
		to      *string
		english string
	}{
		{&s.Lang, "en"},
		{&s.Search, "Search spaces"},
		{&s.Find, "Search"},
		{&s.Clear, "Show all"},
		{&s.NoSpaces, "No spaces yet"},
		{&s.NoSpacesHelp, "You do not have access to a space yet. Ask the people who run this site."},
		{&s.NothingFound, "Nothing found"},
		{&s.TryOther, "No space of yours has a name with these words in it."},
		{&s.Partial, "Some spaces may be missing from this list at the moment. Reload the page in a minute."},
		{&s.Missing, "Some spaces may be missing from this list."},
		{&s.Unlisted, "Your spaces cannot be listed at the moment"},
		{&s.More, "There are more. Search to find them."},
		{&s.AllSpaces, "All spaces"},
		{&s.Retry, "Try again"},
		{&s.NeedsScript, "Please allow scripts on this page: a space is shown by one."},
		{&s.SignedIn, "You are signed in."},
		{&s.SignedOut, "You are signed out."},
		{&s.SignIn, "Sign in"},
		{&s.SignOut, "Sign out"},
		{&s.SignedInAs, "You are signed in as"},
		{&s.OtherAccount, "Use another account"},
		{&s.WhomToAsk, "If you need access, ask the people who run this site."},
		{&s.AskForAccess, "Ask for access"},
		{&s.NamesMissing, "The names and pictures of some spaces are missing at the moment. The spaces themselves may open all the same."},
		{&s.TellOperator, "Please tell the people who run this site."},
		{&s.CloseWindow, "You can close this window and go on where you were."},
		{&s.Close, "Close"},
	} {
		*text.to = cmp.Or(*text.to, text.english)
	}
	return s
}
