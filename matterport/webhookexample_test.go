package matterport_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// A program that registers the receiver of an intranet once.
func ExampleClient_AddWebhook() {
	// Stand for Matterport and the intranet here.
	emulator, err := matterporttest.Start("", matterporttest.Config{})
	if err != nil {
		panic(err)
	}
	defer emulator.Close()
	intranet := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		fmt.Println("an event from", user, "with the secret:", password == "correct-horse-battery-staple")
	}))
	defer intranet.Close()

	client, err := matterport.New(matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
		BaseURL: emulator.URL, // leave it out to reach the real one
		Logger:  slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	defer func() { _ = client.Close() }()

	ctx := context.Background()
	id, err := client.AddWebhook(ctx, matterport.WebhookRegistration{
		URL:    intranet.URL + "/matterport-events", // at Matterport https
		User:   "matterport",
		Secret: "correct-horse-battery-staple",
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("ping:", client.PingWebhook(ctx, id))
	fmt.Println("remove:", client.RemoveWebhook(ctx, id))
	// Output:
	// an event from matterport with the secret: true
	// ping: <nil>
	// remove: <nil>
}
