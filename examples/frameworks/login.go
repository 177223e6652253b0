package main

import (
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

const (
	cookieName      = "tideline"
	sessionLifetime = 8 * time.Hour
)

// passwords are those of the users. A real website has a directory and password hashes.
var passwords = map[string]string{"alice": "demo", "bob": "demo"}

// login has the sessions in memory, by the value of their cookie.
type login struct {
	mu       sync.Mutex
	sessions map[string]identity.User
}

func newLogin() *login { return &login{sessions: make(map[string]identity.User)} }

// recognize is what the gate asks: who has sent the request? A user without an ID is not signed in.
func (l *login) recognize(r *http.Request) (identity.User, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return identity.User{}, nil //nolint:nilerr // a request without the cookie is not signed in
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	user := l.sessions[cookie.Value]
	if time.Since(user.SignedInAt) > sessionLifetime {
		delete(l.sessions, cookie.Value)
		return identity.User{}, nil
	}
	return user, nil
}

// begin makes a session and returns the value of its cookie. The user's Session is another random text, because it is no
// credential.
func (l *login) begin(name string) string {
	secret := rand.Text()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sessions[secret] = identity.User{ID: name, Name: name, Session: rand.Text(), SignedInAt: time.Now()}
	return secret
}

func (l *login) end(r *http.Request) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.sessions, cookie.Value)
}

// form is what the login page is filled with.
type form struct{ Next, Username, Problem string }

func (s *site) showLogin(w http.ResponseWriter, r *http.Request) {
	next, _ := middleware.LocalPath(r.FormValue("next"))
	s.show(w, r, http.StatusOK, "login.html", page{Title: "Sign in", Data: form{Next: next}})
}

func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	name, next := r.PostFormValue("username"), r.PostFormValue("next")
	password, known := passwords[name]
	if subtle.ConstantTimeCompare([]byte(password), []byte(r.PostFormValue("password"))) != 1 || !known {
		s.show(w, r, http.StatusUnauthorized, "login.html",
			page{Title: "Sign in", Data: form{next, name, "The name or the password is wrong."}})
		return
	}
	setCookie(w, s.login.begin(name), int(sessionLifetime.Seconds()))
	next, _ = middleware.LocalPath(next)
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // LocalPath lets through only paths of this host
}

// signOut ends the session first, so that it gets no new token, and then the tokens that it has.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	s.login.end(r)
	setCookie(w, "", -1)
	user, _ := identity.FromContext(r.Context())
	if _, err := s.pme.RevokeSession(r.Context(), user.ID, user.Session); err != nil {
		s.log.ErrorContext(r.Context(), "tokens not revoked", slog.String("user", user.ID), slog.Any("error", err))
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

func setCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // plain http on this machine: a real website says Secure
		Name: cookieName, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
