package accounts_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

// Users connect Matterport accounts of their own, on a page at /connect/.
func Example() {
	application, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: "client-id", ClientSecret: "client-secret",
		RedirectURL: "https://app.example.com/connect/callback",
		Scopes:      []matterport.Scope{matterport.ScopeViewDetails},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = application.Close() }()
	connections, err := connect.New(connect.Config{App: application, Store: connect.NewMemory()}) // one of package sqlstore lasts
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = connections.Close() }()
	look, err := pages.New(pages.Config{Title: "Spaces"})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := accounts.New(accounts.Config{Connections: connections, Pages: look})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		name, _, _ := r.BasicAuth() // whatever tells who sent the request
		return identity.User{ID: name}, nil
	}), middleware.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mounted := http.StripPrefix("/connect", h.Behind(gate.Require))
	mux.Handle("/connect", mounted)
	mux.Handle("/connect/", mounted)

	r := httptest.NewRequest(http.MethodGet, "/connect/token", nil)
	r.SetBasicAuth("alice", "")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code)
	fmt.Println(w.Body)
	// Output:
	// 404
	// {"connect_url":"/connect/","error":"not_connected","error_description":"This Matterport account is not connected."}
}
