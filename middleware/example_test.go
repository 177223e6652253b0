package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
)

// hello greets the user that the gate let through.
func hello(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	fmt.Fprintln(w, "hello,", u.ID)
}

func Example() {
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{}, nil // not signed in
	}), middleware.Config{LoginURL: "/sign-in"})
	if err != nil {
		fmt.Println(err)
		return
	}
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

// The host keeps the signed-in user in a gorilla session of its own.
func ExampleNewSession() {
	store := sessions.NewCookieStore([]byte("a secret key of 32 or 64 bytes.."))
	store.Options.HttpOnly = true
	store.Options.SameSite = http.SameSiteLaxMode

	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: store,
		Name:  "intranet",
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string) // an empty ID means not signed in
			return identity.User{ID: id}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

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

// A session in a cookie cannot be deleted, so its copies are revoked.
func ExampleGate_RevokeSessions() {
	store := sessions.NewCookieStore([]byte("a secret key of 32 or 64 bytes.."))
	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: store,
		Name:  "intranet",
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			at, _ := s.Values["signed_in_at"].(int64)
			return identity.User{ID: id, SignedInAt: time.UnixMilli(at)}, nil
		},
		Revocations: middleware.NewMemoryRevocations(), // replicas need a shared one
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	login := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/login", nil)
	s, _ := store.Get(r, "intranet")
	s.Values["user"] = "alice"
	s.Values["signed_in_at"] = time.Now().UnixMilli()
	if err := s.Save(r, login); err != nil {
		fmt.Println(err)
		return
	}

	visit := func() {
		r := httptest.NewRequest(http.MethodGet, "/hello", nil)
		r.AddCookie(login.Result().Cookies()[0]) // or a copy of it
		w := httptest.NewRecorder()
		gate.Require(http.HandlerFunc(hello)).ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	visit()
	if err := gate.RevokeSessions(r.Context(), "alice", ""); err != nil { // RevokeUser of package pme does this too
		fmt.Println(err)
	}
	visit()
	// Output:
	// 200
	// 401
}

type accountKey struct{}

// The host's own middleware has put its account into the request's context.
func ExampleFunc() {
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		account, _ := r.Context().Value(accountKey{}).(string)
		return identity.User{ID: account}, nil
	}), middleware.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
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

// apiKeys recognizes users by a key of the host's own.
type apiKeys map[string]identity.User

func (k apiKeys) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	key := r.Header.Get("X-Api-Key")
	u, ok := k[key]
	switch {
	case key == "":
		return nil, fmt.Errorf("%w: no key", middleware.ErrNotSignedIn)
	case !ok:
		return nil, &middleware.Rejection{
			Status: http.StatusUnauthorized, Code: "invalid_key", Text: "This key is not valid.", Reason: "unknown key",
		}
	}
	return &u, nil
}

// A host writes a gate of its own by implementing one method.
func ExampleRecognizer() {
	gate, err := middleware.New(apiKeys{"k-1": {ID: "alice"}}, middleware.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := gate.Require(http.HandlerFunc(hello))
	for _, key := range []string{"k-1", "k-2", ""} {
		r := httptest.NewRequest(http.MethodGet, "/hello", nil)
		r.Header.Set("X-Api-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 hello, alice
	// 401 {"error":"invalid_key","error_description":"This key is not valid."}
	// 401 {"error":"login_required","error_description":"Please sign in."}
}

// The application is behind oauth2-proxy, which runs on 10.0.0.7.
func ExampleNewTrustedHeader() {
	gate, err := middleware.NewTrustedHeader(middleware.TrustedHeaderConfig{
		Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.7/32")},
		User:    "X-Forwarded-User",
		Groups:  "X-Forwarded-Groups",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := gate.Require(http.HandlerFunc(hello))
	for _, peer := range []string{"10.0.0.7:40000", "203.0.113.1:40000"} {
		r := httptest.NewRequest(http.MethodGet, "/hello", nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-User", "alice")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 hello, alice
	// 401 {"error":"login_required","error_description":"Please sign in. Headers that say who is asking are not accepted from here."}
}

// Browsers have a session, and a script has a token.
func ExampleFirst() {
	tokens, tokensErr := bearer.New(bearer.Config{Issuer: "https://id.example.com", Audience: "scripts"})
	session, sessionErr := middleware.NewSession(middleware.SessionConfig{
		Store: sessions.NewCookieStore([]byte("a secret key of 32 or 64 bytes..")),
		Name:  "intranet",
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			return identity.User{ID: id}, nil
		},
	})
	gate, err := middleware.First(tokens, session)
	if err := errors.Join(tokensErr, sessionErr, err); err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = gate.Close() }()
	h := gate.Require(http.HandlerFunc(hello))

	// Without a credential, the last gate answers. A bad token is answered as such.
	r := httptest.NewRequest(http.MethodGet, "/hello", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	r.Header.Set("Authorization", "Bearer nonsense")
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 401 {"error":"login_required","error_description":"Please sign in.","login_url":"/login"}
	// 401 {"error":"invalid_token","error_description":"The token is not valid here.","login_url":"/login"}
}

// Some of the application's own pages are for administrators.
func ExampleRequire() {
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "alice", Groups: []string{"staff"}}, nil
	}), middleware.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	admins := middleware.Require(func(u identity.User) error {
		if !slices.Contains(u.Groups, "admins") {
			return errors.New("not an administrator")
		}
		return nil
	})
	w := httptest.NewRecorder()
	gate.Require(admins(http.HandlerFunc(hello))).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/admin", nil))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 403 {"error":"access_denied","error_description":"You may not see this."}
}
