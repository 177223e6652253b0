package main

import (
	"crypto/subtle"
	"sync"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
)

// person is somebody with an account. A real intranet has a directory and password hashes.
type person struct{ id, name, password string }

// people knows who there is, and who has signed out when.
type people struct {
	byID map[string]person

	mu        sync.Mutex
	signedOut map[string]time.Time
}

func newPeople() *people {
	return &people{
		byID: map[string]person{
			"alice": {"alice", "Alice", "demo"},
			"bob":   {"bob", "Bob", "demo"},
			"carol": {"carol", "Carol", "demo"},
		},
		signedOut: make(map[string]time.Time),
	}
}

// check returns the person with that name and password.
func (p *people) check(username, password string) (person, bool) {
	known, ok := p.byID[username]
	same := subtle.ConstantTimeCompare([]byte(known.password), []byte(password)) == 1
	return known, ok && same
}

// The names under which a session keeps who signed in, and when.
const (
	sessionUser  = "user"
	sessionSince = "since" // Unix nanoseconds
)

// signedIn says who a session belongs to: this is what pme's middleware asks. A session in a cookie
// cannot be deleted, as anybody may have kept a copy; so one from before the person's last sign-out
// belongs to nobody.
func (p *people) signedIn(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values[sessionUser].(string)
	since, _ := s.Values[sessionSince].(int64)
	known, ok := p.byID[id]
	p.mu.Lock()
	defer p.mu.Unlock()
	if !ok || !time.Unix(0, since).After(p.signedOut[id]) {
		return identity.User{}, nil
	}
	return identity.User{ID: known.id, Name: known.name}, nil
}

// signOut ends all sessions of a person.
func (p *people) signOut(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signedOut[id] = time.Now()
}
