// Package people compares the entries of rules with people.
package people

// A Kind is a way to say whom a rule is for.
type Kind int

// The kinds, in the order in which rules have them.
const (
	Users Kind = iota
	Emails
	Domains
	Groups
	Kinds // how many there are
)

// Keys are the kinds' names in a file.
var Keys = [Kinds]string{Users: "users", Emails: "emails", Domains: "domains", Groups: "groups"}

// Nouns name one entry of each kind.
var Nouns = [Kinds]string{Users: "user", Emails: "e-mail address", Domains: "domain", Groups: "group"}
