// Package signin is a login for examples in which the login does not matter: it believes any name.
package signin

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"sync"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// People are the users who have signed in.
type People struct {
	mu      sync.Mutex
	signIns map[string]string // names, by cookie
}

// New returns no users.
func New() *People { return &People{signIns: make(map[string]string)} }

const cookieName = "signed-in"

// Gate lets only users through who have signed in.
func (p *People) Gate() (*middleware.Gate, error) {
	return middleware.New(middleware.Func(p.user), middleware.Config{LoginURL: "/login"})
}

func (p *People) user(r *http.Request) (identity.User, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return identity.User{}, nil //nolint:nilerr // not signed in
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return identity.User{ID: p.signIns[cookie.Value]}, nil
}

var loginPage = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Sign in</title>
  <link rel="icon" href="data:,">
</head>
<body>
  <main>
    <h1>Sign in</h1>
    <form method="post" action="/login">
      <input type="hidden" name="next" value="{{.}}">
      <label>Name <input name="user" value="alice" required></label>
      <button>Sign in</button>
    </form>
  </main>
</body>
</html>`))

// Routes serves the login.
func (p *People) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { _ = loginPage.Execute(w, r.FormValue("next")) })
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		id, next := rand.Text(), ""
		next, _ = middleware.LocalPath(r.FormValue("next"))
		p.mu.Lock()
		p.signIns[id] = r.FormValue("user")
		p.mu.Unlock()
		// Lax is enough, as both servers are of one site: an origin of another site would need None, and Secure.
		http.SetCookie(w, &http.Cookie{Name: cookieName, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // plain http, on this machine
		http.Redirect(w, r, next, http.StatusSeeOther)                                                                          //nolint:gosec // LocalPath lets through only paths of this host
	})
}
