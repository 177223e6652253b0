package whoami_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/whoami"
)

// The host is a server in any language. Here, it is one of package httptest.
func Example() {
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := r.Cookie("session")
		if err != nil || session.Value != "4711" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id": "42", "name": "Alice", "groups": ["facilities"]}`)
	}))
	defer host.Close()

	gate, err := whoami.New(whoami.Config{
		URL:      host.URL + "/whoami",
		Cookies:  []string{"session"},
		LoginURL: "/login", // of the host
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = gate.Close() }()

	hello := gate.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		fmt.Fprintln(w, "hello,", u.Name, u.Groups)
	}))
	for _, cookie := range []string{"session=4711", "session=forged"} {
		r := httptest.NewRequest(http.MethodGet, "/hello", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		hello.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 hello, Alice [facilities]
	// 401 {"error":"login_required","error_description":"Please sign in.","login_url":"/login"}
}
