package middleware_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// A single-page application sends its ID token with every request.
func ExampleNewBearer() {
	gate, err := middleware.NewBearer(middleware.BearerConfig{
		Issuer:      "https://id.example.com/realms/intranet",
		Audience:    "intranet-spa", // its client ID
		GroupsClaim: "realm_access.roles",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	gate.Require(http.HandlerFunc(hello)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hello", nil))
	fmt.Print(w.Code, " ", w.Header().Get("WWW-Authenticate"), "\n", w.Body)
	// Output:
	// 401 Bearer realm="pme"
	// {"error":"login_required","error_description":"Please sign in."}
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
	bearer, err := middleware.NewBearer(middleware.BearerConfig{Issuer: "https://id.example.com", Audience: "scripts"})
	if err != nil {
		fmt.Println(err)
		return
	}
	store := sessions.NewCookieStore([]byte("a secret key of 32 or 64 bytes.."))
	session := middleware.Session(store, "intranet", func(s *sessions.Session) (identity.User, error) {
		id, _ := s.Values["user"].(string)
		return identity.User{ID: id}, nil
	})
	h := middleware.First(bearer, session).Require(http.HandlerFunc(hello))

	// Nobody is sent to the login page of the last gate; a bad token is told what it is.
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
	gate := middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: "alice", Groups: []string{"staff"}}, nil
	})
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
