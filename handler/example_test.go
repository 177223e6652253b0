package handler_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// One endpoint alone, at an address of the application's own choosing, behind its own middleware.
func ExampleToken() {
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		name, _, _ := r.BasicAuth() // whatever tells who sent the request
		return identity.User{ID: name}, nil
	}), middleware.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := pme.New(pme.Config{
		ClientID: "client-id", ClientSecret: "client-secret",
		Authenticate: gate,
		Access: access.Func(func(context.Context, *identity.User, string) (bool, error) {
			return false, nil // nobody sees anything today
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = h.Close() }()

	mux := http.NewServeMux()
	mux.Handle("GET /api/spaces/token", gate.Require(handler.Token(h.Issuer())))

	r := httptest.NewRequest(http.MethodGet, "/api/spaces/token?modelId=SxQL3iGyoDo", nil)
	r.SetBasicAuth("alice", "")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code)
	fmt.Println(w.Body)
	// Output:
	// 403
	// {"error":"access_denied","error_description":"You do not have access to this space."}
}
