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
	"github.com/go-pme/pme/matterport"
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

// From the environment and the registration to the end of a tour, with the real parts of both sides.
func TestSpaceThatIsDeletedAtMatterportEndsItsTours(t *testing.T) {
	const annex, lobby = "Hk7Wq2mBn4T", "b6NyKo4MwHs"
	for kind, env := range map[string]map[string]string{
		"basic":  {"PME_WEBHOOK_USER": "matterport"},
		"header": {"PME_WEBHOOK_HEADER": "X-Webhook-Secret"},
		"token":  {},
	} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				env["MATTERPORT_CLIENT_ID"], env["MATTERPORT_CLIENT_SECRET"] = matterporttest.DefaultClientID, matterporttest.DefaultClientSecret
				env["PME_WEBHOOK_SECRET"] = webhookSecret
				cfg, err := pme.ConfigFromEnv(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
				if err != nil {
					t.Fatal(err)
				}
				mux := http.NewServeMux()
				up := matterporttest.New(matterporttest.Config{
					ShowcaseURL: "https://my.matterport.com", WebhookTransport: inProcess{mux},
					Models: []matterporttest.Model{{ID: office}, {ID: warehouse}, {ID: annex}, {ID: lobby}},
				})
				cfg.HTTPClient, cfg.Authenticate, cfg.Logger = &http.Client{Transport: inProcess{up}}, byHeader(), slog.New(slog.DiscardHandler)
				cfg.Access = access.List{{Users: []string{"alice"}, Models: []string{"*"}}}
				h, err := pme.New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = h.Close() }()
				mux.Handle("POST /matterport-events", h.Webhook())

				client, err := matterport.New(matterport.Config{ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, HTTPClient: cfg.HTTPClient, Logger: cfg.Logger})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = client.Close() }()
				id, err := client.AddWebhook(t.Context(), cfg.Webhook.Registration("https://intranet.example/matterport-events"))
				if err != nil {
					t.Fatal(err)
				}
				if err := client.PingWebhook(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				if all := up.Deliveries(); len(all) != 1 || all[0].Status != http.StatusNoContent {
					t.Fatalf("%+v", all)
				}
				for _, model := range []string{office, warehouse, annex, lobby} {
					if _, err := h.Issuer().Issue(t.Context(), &identity.User{ID: "alice"}, model); err != nil {
						t.Fatal(err)
					}
				}
				up.RemoveModel(office)
				up.TransferModel(warehouse, "gallery")
				up.AddModel(matterporttest.Model{ID: annex, Inactive: true})
				up.SendWebhook(matterporttest.Event{Type: "deleted", Model: lobby}) // it is not
				time.Sleep(time.Minute)
				if live := up.LiveTokens(); len(live) != 1 || live[0].Models[0] != lobby {
					t.Errorf("%+v", live)
				}
				if err := client.RemoveWebhook(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				up.RemoveModel(lobby)
				time.Sleep(time.Minute)
				if len(up.LiveTokens()) != 1 || len(up.Deliveries()) != 5 {
					t.Errorf("a removed webhook has sent an event: %+v", up.Deliveries())
				}
			})
		})
	}
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
