package main

import (
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

const cookieName = "nordwind"

// logins are the sessions of the company's login. For the sake of the example, it believes any name.
type logins struct {
	mu    sync.Mutex
	users map[string]identity.User // by cookie
}

func newLogins() *logins { return &logins{users: make(map[string]identity.User)} }

// user says for the gate who has sent a request.
func (l *logins) user(r *http.Request) (identity.User, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return identity.User{}, nil //nolint:nilerr // not signed in
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.users[cookie.Value], nil
}

func (l *logins) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	next, _ := middleware.LocalPath(r.FormValue("next"))
	id, name := rand.Text(), r.PostFormValue("user")
	l.mu.Lock()
	l.users[id] = identity.User{ID: name, Name: name}
	l.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // plain http, on this machine
	http.Redirect(w, r, next, http.StatusSeeOther)                                                                          //nolint:gosec // LocalPath lets through only paths of this host
}

// end forgets a session, and returns whose it was.
func (l *logins) end(r *http.Request) identity.User {
	u, _ := l.user(r) // it has no errors
	if cookie, err := r.Cookie(cookieName); err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.users, cookie.Value)
	}
	return u
}
