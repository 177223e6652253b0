package hostjwt_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/hostjwt"
	"github.com/go-pme/pme/secret"
)

// The host signs its sessions with a key that it shares with this program, as with jsonwebtoken, PyJWT or php-jwt.
func Example() {
	gate, err := hostjwt.New(hostjwt.Config{
		Cookie:    "session",
		Algorithm: "HS256",
		Keys:      secret.Fixed("an example, take openssl rand -base64 32"), // or secret.File
		LoginURL:  "/login",                                                 // of the host
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = gate.Close() }()

	hello := gate.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, _ := identity.FromContext(r.Context())
		fmt.Fprintln(w, "hello,", u.ID)
	}))
	good := sign(`{"alg":"HS256"}`, `{"sub":"42","exp":4102444800}`, "HS256", "an example, take openssl rand -base64 32")
	for _, token := range []string{good, good + "x"} {
		r := httptest.NewRequest(http.MethodGet, "/hello", nil)
		r.Header.Set("Cookie", "session="+token)
		w := httptest.NewRecorder()
		hello.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 hello, 42
	// 401 {"error":"invalid_token","error_description":"The sign-in of this browser is not valid here. Please sign in again.","login_url":"/login"}
}
