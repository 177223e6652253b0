package pme

import (
	"net/http"

	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/internal/answer"
)

// Webhook receives events of Matterport, if Config.Webhook is set; see package webhook. It is not served below the prefix of
// [Handler.Mount], which can be behind a login. Mount it at an address that Matterport reaches, outside of any login:
//
//	mux.Handle("/matterport-events", h.Webhook())
//
// Without Config.Webhook it answers 404.
func (h *Handler) Webhook() http.Handler {
	if h == nil || h.webhook == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer.Nothing.Write(w) })
	}
	return h.webhook
}

// receive makes the receiver of events, if there is to be one.
func (h *Handler) receive(cfg Config) error {
	if cfg.Webhook == nil {
		return nil
	}
	made, err := webhook.New(webhook.Config{
		Credential: *cfg.Webhook, Matterport: h.client, Tokens: h.issuer, Catalog: h.catalog, Events: cfg.Events, Logger: cfg.Logger,
	})
	if err != nil {
		return err //nolint:wrapcheck // it names the field
	}
	h.webhook = made
	return nil
}

// checkWebhook reports what is wrong with the credential of events.
func (c Config) checkWebhook() error {
	if c.Webhook == nil {
		return nil
	}
	return c.Webhook.Check() //nolint:wrapcheck // it names the field
}
