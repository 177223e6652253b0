package matterport_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// namer notes the operations of the requests that it passes on.
type namer struct {
	base  http.RoundTripper
	mu    sync.Mutex
	names []string
}

func (n *namer) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.names = append(n.names, matterport.OperationOf(r.Context()))
	n.mu.Unlock()
	return n.base.RoundTrip(r)
}

func TestATransportLearnsTheOperation(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: "SxQL3iGyoDo"}, {ID: "yyHDFKzPzvN"}}})
	transport := &namer{base: up.Client().Transport}
	c, err := matterport.New(matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
		BaseURL: up.URL, HTTPClient: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	link, err := c.CreateEmbedLink(t.Context(), "SxQL3iGyoDo", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateEmbedToken(t.Context(), []string{"SxQL3iGyoDo", "yyHDFKzPzvN"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteEmbedToken(t.Context(), link.AccessToken); err != nil {
		t.Fatal(err)
	}
	id, err := c.AddWebhook(t.Context(), matterport.WebhookRegistration{URL: "https://127.0.0.1:1", User: "pme", Secret: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.PingWebhook(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Webhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveWebhook(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	want := []string{"applicationToken", "createEmbedLink", "createEmbedToken", "deleteEmbedToken", "addWebhook", "pingWebhook", "webhooks", "removeWebhook"}
	if !slices.Equal(transport.names, want) {
		t.Errorf("the transport has seen %q, not %q", transport.names, want)
	}
	if op := matterport.OperationOf(t.Context()); op != "" {
		t.Errorf("a context without a request has the operation %q", op)
	}
}
