package connect_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// A person connects an account, and the application gets tokens for its spaces. Package handler does all of
// this for browsers.
func Example() {
	emulator := matterporttest.New(matterporttest.Config{})
	server := httptest.NewServer(emulator)
	defer server.Close()

	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID:     matterporttest.DefaultOAuthClientID,
		ClientSecret: matterporttest.DefaultOAuthClientSecret,
		RedirectURL:  "https://portal.example.com/connect/callback",
		Scopes:       []matterport.Scope{matterport.ScopeViewDetails},
		BaseURL:      server.URL, // an emulator; leave these out for Matterport
		AuthorizeURL: server.URL + "/oauth/authorize",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = app.Close() }()
	connections, err := connect.New(connect.Config{
		App:   app,
		Store: connect.NewMemory(), // sqlstore keeps them
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = connections.Close() }()

	ctx, alice := context.Background(), &identity.User{ID: "alice"}
	attempt, err := connections.Begin(ctx, alice, connect.Request{Label: "Head office"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// The browser keeps attempt.Proof, goes to attempt.AuthorizeURL, and comes back.
	back, err := emulator.Allow(attempt.AuthorizeURL, "harbour")
	if err != nil {
		fmt.Println(err)
		return
	}
	address, err := url.Parse(back)
	if err != nil {
		fmt.Println(err)
		return
	}
	callback, ok := connect.ReadCallback(address.Query())
	connection, err := connections.Finish(ctx, alice, callback, string(attempt.Proof))
	if err != nil || !ok {
		fmt.Println(ok, err)
		return
	}
	token, err := connections.Token(ctx, alice, connection.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(connection.Label, token.AccessToken, token.ExpiresIn > 60)
	// Output: Head office [redacted] true
}
