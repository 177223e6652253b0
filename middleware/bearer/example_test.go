package bearer_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/bearer"
)

// A single-page application sends its ID token with every request.
func Example() {
	gate, err := bearer.New(bearer.Config{
		Issuer:      "https://id.example.com/realms/intranet",
		Audience:    "intranet-spa", // its client ID
		GroupsClaim: "realm_access.roles",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = gate.Close() }()
	w := httptest.NewRecorder()
	gate.Require(http.HandlerFunc(hello)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hello", nil))
	fmt.Print(w.Code, " ", w.Header().Get("WWW-Authenticate"), "\n", w.Body)
	// Output:
	// 401 Bearer realm="pme"
	// {"error":"login_required","error_description":"Please sign in."}
}

// hello greets the user that the gate let through.
func hello(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	fmt.Fprintln(w, "hello,", u.ID)
}
