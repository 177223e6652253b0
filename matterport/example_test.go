package matterport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-pme/pme/matterport"
)

func Example() {
	// Stands for Matterport here; leave out BaseURL to reach the real one.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/oauth/token" {
			_, _ = io.WriteString(w, `{"access_token":"app","token_type":"Bearer","expires_in":3599}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"data":{"createPrivateModelEmbedLink":{"accessToken":"embed","application":"showcase",`+
			`"link":"https://my.matterport.com/show?m=SxQL3iGyoDo&auth=Bearer+embed","validUntil":%q}}}`,
			time.Now().Add(10*time.Minute).UTC().Format(time.RFC3339))
	}))
	defer server.Close()

	client, err := matterport.New(matterport.Config{
		ClientID:     "my-application",
		ClientSecret: "my-secret",
		BaseURL:      server.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	token, err := client.CreateEmbedLink(ctx, "SxQL3iGyoDo", 10*time.Minute)
	switch {
	case errors.Is(err, matterport.ErrNotFound):
		fmt.Println("no such model")
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(token.Application, token.AccessToken, len(string(token.AccessToken)))
		now, known := client.ServerTime()
		fmt.Println("more than 9 minutes left:", known && token.ValidUntil.Sub(now) > 9*time.Minute)
	}
	// Output:
	// showcase [redacted] 5
	// more than 9 minutes left: true
}
