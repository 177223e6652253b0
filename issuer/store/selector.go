package store

import "github.com/go-pme/pme/matterport"

// A Selector selects tokens: those that match every field that is set. A Session belongs to the User
// beside it. The zero Selector matches nothing. All alone matches every token of every user.
type Selector struct {
	User    string
	Session string
	Model   string
	Token   matterport.Secret

	// All selects everything. It is set alone: beside another field it would be unclear how much is meant, so
	// such a Selector matches nothing.
	All bool
}

// Valid reports whether s can match anything. The zero Selector cannot, nor can a Session without the
// User that it belongs to, nor All beside another field.
func (s Selector) Valid() bool {
	if s.All {
		return s == Selector{All: true}
	}
	return s != Selector{} && (s.Session == "" || s.User != "")
}

// Matches reports whether s selects e.
func (s Selector) Matches(e *Entry) bool {
	return s.matchesKey(e.Key) && (s.Token == "" || s.Token == e.Token)
}

// MatchesClaim reports whether s selects the token that is being minted for k. That token does not exist
// yet and cannot be named, so a Selector with a Token matches no claim.
func (s Selector) MatchesClaim(k Key) bool { return s.Token == "" && s.matchesKey(k) }

func (s Selector) matchesKey(k Key) bool {
	return s.Valid() &&
		(s.User == "" || s.User == k.User) &&
		(s.Session == "" || s.Session == k.Session) &&
		(s.Model == "" || k.has(s.Model))
}
