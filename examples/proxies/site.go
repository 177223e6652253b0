// Package proxies shows an application behind a proxy that publishes it below a path. What the proxy does
// is said once, in [middleware.ProxyConfig]; the configurations of proxies are in nginx and caddy.
package proxies

import (
	"html/template"
	"io"
	"net/http"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// WithSessions is an application with a login of its own, in front of the spaces at prefix+"/pme". prefix is
// that part of the path which the proxy leaves to the application.
func WithSessions(prefix string, proxy middleware.ProxyConfig, store *sessions.CookieStore, spaces pme.Config) (http.Handler, *pme.Handler, error) {
	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: store, Name: "portal", LoginURL: prefix + "/login",
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			return identity.User{ID: id}, nil
		},
	})
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix+"/login", loginForm)
	mux.Handle("POST "+prefix+"/login", signIn(store))
	return mounted(mux, prefix, proxy, gate, spaces)
}

// WithProvider is an application whose users sign in at an OpenID provider.
func WithProvider(prefix string, proxy middleware.ProxyConfig, at oidclogin.Config, spaces pme.Config) (http.Handler, *pme.Handler, error) {
	at.PostLogoutURL = prefix + "/"
	login, err := oidclogin.New(at)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(prefix+"/auth/", login)
	return mounted(mux, prefix, proxy, login, spaces)
}

// mounted adds the spaces, and puts what says where the application is in front of everything.
func mounted(mux *http.ServeMux, prefix string, proxy middleware.ProxyConfig, gate pme.Authenticator, spaces pme.Config) (http.Handler, *pme.Handler, error) {
	behind, err := middleware.BehindProxy(proxy)
	if err != nil {
		return nil, nil, err
	}
	spaces.Authenticate = gate
	h, err := pme.New(spaces)
	if err != nil {
		return nil, nil, err
	}
	h.Mount(mux, prefix+"/pme")
	mux.HandleFunc("GET "+prefix+"/{$}", welcome)
	return behind(mux), h, nil
}

var form = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en">
<title>Sign in</title>
<form method="post">
<input type="hidden" name="next" value="{{.}}">
<label>Name <input name="user" value="alice" required></label>
<button>Sign in</button>
</form>
`))

func welcome(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, `<!doctype html><title>Portal</title><h1>Welcome</h1><a href="pme/">Spaces</a>`)
}

func loginForm(w http.ResponseWriter, r *http.Request) {
	_ = form.Execute(w, r.FormValue("next")) // to a browser that has gone
}

func signIn(store *sessions.CookieStore) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.New(r, "portal") // an old session that cannot be read is replaced
		s.Values["user"] = r.PostFormValue("user")
		if err := s.Save(r, w); err != nil {
			http.Error(w, "You cannot sign in for the moment.", http.StatusServiceUnavailable)
			return
		}
		next, _ := middleware.LocalPath(r.PostFormValue("next"))
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // LocalPath lets through only paths of this host
	}
}
