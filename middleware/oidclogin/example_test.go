package oidclogin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// An intranet without a login of its own gets one from its identity provider.
func ExampleNew() {
	login, err := oidclogin.New(oidclogin.Config{
		Issuer:       "https://id.example.com",
		ClientID:     "intranet",
		ClientSecret: os.Getenv("OIDC_CLIENT_SECRET"),
		RedirectURL:  "https://intranet.example.com/auth/callback",
		CookieKeys: [][]byte{
			[]byte("32 random bytes to authenticate."), // from the environment, really
			[]byte("32 random bytes to encrypt with."),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = login.Close() }()

	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		fmt.Fprintln(w, "hello,", u.Name)
	})
	mux := http.NewServeMux()
	mux.Handle("/auth/", login)
	mux.Handle("/hello", login.Require(hello))

	r := httptest.NewRequest(http.MethodGet, "/hello", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output: 302 /auth/login?next=%2Fhello
}
