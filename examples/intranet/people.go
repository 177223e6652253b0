package main

import (
	"crypto/subtle"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
)

// person is a user with an account. A real intranet has a directory and password hashes.
type person struct{ id, name, password string }

// people knows who there is.
type people struct{ byID map[string]person }

func newPeople() *people {
	return &people{byID: map[string]person{
		"alice": {"alice", "Alice", "demo"},
		"bob":   {"bob", "Bob", "demo"},
		"carol": {"carol", "Carol", "demo"},
	}}
}

// check returns the person with that name and password.
func (p *people) check(username, password string) (person, bool) {
	known, ok := p.byID[username]
	same := subtle.ConstantTimeCompare([]byte(known.password), []byte(password)) == 1
	return known, ok && same
}

// The names under which a session has who signed in, and where that was in the order of all revocations.
const (
	sessionUser     = "user"
	sessionPosition = "position"
)

// signedIn says who a session belongs to, and when it began: this is what pme's middleware asks. A session
// in a cookie cannot be deleted, as anyone may have kept a copy; so the gate refuses one from before the
// person's last sign-out.
func (p *people) signedIn(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values[sessionUser].(string)
	position, _ := s.Values[sessionPosition].(string)
	known := p.byID[id] // empty if there is no such person
	return identity.User{ID: known.id, Name: known.name, Position: position}, nil
}
