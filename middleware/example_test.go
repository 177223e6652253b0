package middleware_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// hello greets whoever the gate has let through.
func hello(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	fmt.Fprintln(w, "hello,", u.ID)
}

func Example() {
	gate := middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{}, nil // nobody is ever signed in
	}, middleware.LoginAt("/sign-in"))
	h := gate.Require(http.HandlerFunc(hello))

	// A script is told where to sign in; a person who opens a page is taken there.
	script := httptest.NewRecorder()
	h.ServeHTTP(script, httptest.NewRequest(http.MethodGet, "/pme/token", nil))
	fmt.Print(script.Code, " ", script.Body)

	r := httptest.NewRequest(http.MethodGet, "/pme/view/SxQL3iGyoDo", nil)
	r.Header.Set("Accept", "text/html")
	page := httptest.NewRecorder()
	h.ServeHTTP(page, r)
	fmt.Println(page.Code, page.Header().Get("Location"))
	// Output:
	// 401 {"error":"login_required","error_description":"Please sign in.","login_url":"/sign-in"}
	// 302 /sign-in?next=%2Fpme%2Fview%2FSxQL3iGyoDo
}

// The host keeps the signed-in person in a gorilla session of its own.
func ExampleSession() {
	store := sessions.NewCookieStore([]byte("a secret key of 32 or 64 bytes.."))
	store.Options.HttpOnly = true
	store.Options.SameSite = http.SameSiteLaxMode

	gate := middleware.Session(store, "intranet", func(s *sessions.Session) (identity.User, error) {
		id, _ := s.Values["user"].(string) // "" is nobody
		return identity.User{ID: id}, nil
	})

	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "intranet") // an unreadable session is a new one
		s.Values["user"] = "alice"       // once the password has been checked
		if err := s.Save(r, w); err != nil {
			http.Error(w, "cannot sign in", http.StatusInternalServerError)
			return
		}
		back, _ := middleware.LocalPath(r.FormValue("next"))
		http.Redirect(w, r, back, http.StatusSeeOther)
	})
	mux.Handle("/hello", gate.Require(http.HandlerFunc(hello)))

	login := httptest.NewRecorder()
	mux.ServeHTTP(login, httptest.NewRequest(http.MethodPost, "/login?next=/hello", nil))
	fmt.Println(login.Code, login.Header().Get("Location"))

	r := httptest.NewRequest(http.MethodGet, "/hello", nil)
	r.AddCookie(login.Result().Cookies()[0])
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 303 /hello
	// 200 hello, alice
}

type accountKey struct{}

// The host's own middleware has put its account into the request's context.
func ExampleFunc() {
	gate := middleware.Func(func(r *http.Request) (identity.User, error) {
		account, _ := r.Context().Value(accountKey{}).(string)
		return identity.User{ID: account}, nil
	})
	h := gate.Require(http.HandlerFunc(hello))

	r := httptest.NewRequest(http.MethodGet, "/hello", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), accountKey{}, "alice")))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 hello, alice
}

func ExampleLocalPath() {
	fmt.Println(middleware.LocalPath("/pme/view/SxQL3iGyoDo"))
	fmt.Println(middleware.LocalPath("//other.example/"))
	// Output:
	// /pme/view/SxQL3iGyoDo true
	// / false
}
