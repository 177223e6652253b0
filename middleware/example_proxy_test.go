package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// A proxy publishes the application at /apps/portal, and takes that off the path.
func ExampleBehindProxy() {
	behind, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: "https://intranet.example.com/apps/portal"})
	if err != nil {
		panic(err)
	}
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{}, nil // not signed in
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/reports/", gate.Require(http.NotFoundHandler()))
	app := behind(mux) // around everything

	r := httptest.NewRequest(http.MethodGet, "/reports/2026", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Header().Get("Location"))
	// Output: /apps/portal/login?next=%2Fapps%2Fportal%2Freports%2F2026
}
