package pme_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
)

const webhookSecret = "0123456789-webhook-secret"

// inProcess leads to the emulator without a network.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, in)
	return w.Result(), nil
}

func sendEvent(to http.Handler, secret string) int {
	r := httptest.NewRequest(http.MethodPost, "/matterport-events", strings.NewReader(`{"modelId":"`+office+`","version":2,"type":"deleted"}`))
	r.Header.Set("Authorization", "Bearer "+secret)
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	return w.Code
}

func TestEventOfMatterportEndsToursWithoutAUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := matterporttest.New(matterporttest.Config{ShowcaseURL: "https://my.matterport.com", Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
		h, err := pme.New(pme.Config{
			ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, HTTPClient: &http.Client{Transport: inProcess{up}},
			Authenticate: byHeader(), Access: access.List{{Users: []string{"alice"}, Models: []string{office}}},
			Webhook: &webhook.Credential{Secrets: secret.Fixed(webhookSecret)}, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = h.Close() }()
		if _, err := h.Issuer().Issue(context.Background(), &identity.User{ID: "alice"}, office); err != nil {
			t.Fatal(err)
		}
		name := func() string {
			return h.Catalog().Space(context.Background(), &identity.User{ID: "alice"}, office).Name
		}
		if got := name(); got != "Head office" {
			t.Errorf("%q", got)
		}
		up.AddModel(matterporttest.Model{ID: office, Name: "Annex"})
		if got := sendEvent(h.Webhook(), webhookSecret); got != http.StatusNoContent {
			t.Errorf("%d", got)
		}
		time.Sleep(5 * time.Second)
		if got := name(); got != "Annex" || len(up.LiveTokens()) != 1 {
			t.Errorf("%q, %d tokens", got, len(up.LiveTokens()))
		}
		up.RemoveModel(office)
		if got := sendEvent(h.Webhook(), "not-the-secret-at-all"); got != http.StatusUnauthorized {
			t.Errorf("%d for a forgery", got)
		}
		time.Sleep(time.Minute)
		if len(up.LiveTokens()) != 1 {
			t.Error("a forgery has ended a tour")
		}
		sendEvent(h.Webhook(), webhookSecret)
		time.Sleep(time.Minute)
		if n := len(up.LiveTokens()); n != 0 {
			t.Errorf("%d tokens for a model that is gone", n)
		}
		_ = h.Close()
		if got := sendEvent(h.Webhook(), webhookSecret); got != http.StatusServiceUnavailable {
			t.Errorf("%d after Close", got)
		}
	})
}

func TestWithoutACredentialNoEventIsReceived(t *testing.T) {
	h, _ := newHandler(t, nil)
	for _, handler := range []*pme.Handler{h, nil} {
		if got := sendEvent(handler.Webhook(), webhookSecret); got != http.StatusNotFound {
			t.Errorf("%d", got)
		}
	}
	_, err := pme.New(pme.Config{Webhook: &webhook.Credential{Secrets: secret.Fixed("tiny")}})
	if err == nil || !strings.Contains(err.Error(), "Credential.Secrets: it has 4 bytes") || !strings.Contains(err.Error(), "Access is missing") {
		t.Error(err)
	}
}
