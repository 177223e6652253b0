package matterport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/matterport"
)

// The way of an account's owner through Matterport, and of the tokens after it. An attempt has to be
// bound to the person and the browser that began it; package connect does that.
func ExampleOAuthApp() {
	// Stands for Matterport here; leave out BaseURL to reach the real one.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.PostFormValue("grant_type") {
		case "authorization_code":
			_, _ = io.WriteString(w, `{"access_token":"first","token_type":"Bearer","expires_in":3600,"refresh_token":"keep-me"}`)
		case "refresh_token":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"invalid_grant"}`)
		default:
			_, _ = io.WriteString(w, `{"data":{"models":{"totalResults":1,"results":[{"id":"SxQL3iGyoDo","name":"Hall"}]}}}`)
		}
	}))
	defer server.Close()

	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID:     "my-application",
		ClientSecret: "my-secret",
		RedirectURL:  "https://intranet.example.com/connect/callback",
		Scopes:       []matterport.Scope{matterport.ScopeViewDetails},
		BaseURL:      server.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = app.Close() }()

	// To Matterport …
	attempt, verifier := "a-nonce-of-this-attempt", oauth2.GenerateVerifier()
	page, _ := url.Parse(app.AuthorizeURL(attempt, verifier))
	fmt.Println(page.Host, page.Query().Get("scope"), page.Query().Get("redirect_uri"))

	// … and back with a code.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	token, err := app.Exchange(ctx, attempt, "the-code", verifier)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.AccessToken, token.RefreshToken, len(string(token.RefreshToken)))

	models, err := app.Models(ctx, token.AccessToken, matterport.ModelQuery{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(models.Total, models.Models[0].Name)

	_, err = app.Refresh(ctx, token.RefreshToken)
	fmt.Println("connect again:", errors.Is(err, matterport.ErrReconnect))
	// Output:
	// authn.matterport.com ViewDetails https://intranet.example.com/connect/callback?attempt=a-nonce-of-this-attempt
	// [redacted] [redacted] 7
	// 1 Hall
	// connect again: true
}
