// Package review answers the questions of people who keep an allow-list or answer for it: who may see a space ([Rules.Who]), what
// a person may see ([Rules.What]), what changes if one list replaces another ([Diff]), and what is odd about a list
// ([Rules.Check], [Rules.CheckOnline]).
//
// The answers come from the rules that decide, compiled in the same way. They are for operators: they contain user IDs, e-mail
// addresses and group names, and tell who else may see what.
package review
