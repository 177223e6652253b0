package webhook_test

import (
	"testing"

	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/secret"
)

func TestRegistrationHasTheNewestSecret(t *testing.T) {
	const address = "https://intranet.example/matterport-events"
	for name, tc := range map[string]struct {
		credential webhook.Credential
		want       matterport.WebhookRegistration
	}{
		"basic":  {webhook.Credential{User: "pme", Secrets: secret.Fixed(current, older)}, matterport.WebhookRegistration{URL: address, User: "pme", Secret: current}},
		"header": {webhook.Credential{Header: "X-Secret", Secrets: secret.Fixed(current)}, matterport.WebhookRegistration{URL: address, Header: "X-Secret", Secret: current}},
		"token":  {webhook.Credential{Secrets: secret.Fixed(current)}, matterport.WebhookRegistration{URL: address, Secret: current}},
		"none":   {webhook.Credential{Secrets: secret.Fixed()}, matterport.WebhookRegistration{URL: address}},
		"zero":   {webhook.Credential{}, matterport.WebhookRegistration{URL: address}},
	} {
		got := tc.credential.Registration(address)
		if got.URL != tc.want.URL || got.User != tc.want.User || got.Header != tc.want.Header || got.Secret != tc.want.Secret || got.EventTypes != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
