package webhook_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/secret"
)

// Applications that use package pme set Config.Webhook instead.
func Example() {
	quiet := slog.New(slog.DiscardHandler)
	client, err := matterport.New(matterport.Config{ClientID: "client-id", ClientSecret: "client-secret"})
	if err != nil {
		panic(err)
	}
	policy, err := access.List{{Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo"}}}.Policy()
	if err != nil {
		panic(err)
	}
	tokens, err := issuer.New(issuer.Config{Matterport: client, Policy: policy, Logger: quiet})
	if err != nil {
		panic(err)
	}
	spaces, err := catalog.New(catalog.Config{Matterport: client, Policy: policy})
	if err != nil {
		panic(err)
	}

	hook, err := webhook.New(webhook.Config{
		Credential: webhook.Credential{User: "matterport", Secrets: secret.Fixed("correct horse battery staple")},
		Matterport: client, Tokens: tokens, Catalog: spaces, Logger: quiet,
	})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/matterport-events", hook) // not behind a login

	r := httptest.NewRequest(http.MethodPost, "/matterport-events", strings.NewReader(`{"modelId":"SxQL3iGyoDo","version":2,"type":"deleted"}`))
	r.SetBasicAuth("matterport", "correct horse battery staple")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code)

	_ = hook.Close()
	_ = spaces.Close()
	_ = tokens.Close()
	_ = client.Close()
	// Output: 204
}
