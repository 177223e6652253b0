package matterport_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// emulated is a client of an emulator, and an address that counts the events that it gets.
func emulated(t *testing.T, adjust ...func(*matterport.Config)) (*matterport.Client, *matterporttest.Running, string, chan http.Header) {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: "SxQL3iGyoDo"}}})
	cfg := matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
		BaseURL: up.URL, HTTPClient: up.Client(),
	}
	for _, change := range adjust {
		change(&cfg)
	}
	client, err := matterport.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	arrived := make(chan http.Header, 100)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.Header.Clone()
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(target.Close)
	return client, up, target.URL, arrived
}

func TestWebhookOfEachKindGetsItsCredential(t *testing.T) {
	client, up, target, arrived := emulated(t)
	for _, tc := range []struct {
		registration matterport.WebhookRegistration
		header, want string
	}{
		{matterport.WebhookRegistration{User: "pme"}, "Authorization", "Basic cG1lOmh1c2gtd2ViaG9vay1zZWNyZXQtMTIzNA=="},
		{matterport.WebhookRegistration{Header: "X-Webhook-Secret"}, "X-Webhook-Secret", hookSecret},
		{matterport.WebhookRegistration{EventTypes: []string{"deleted"}}, "Authorization", "Bearer " + hookSecret},
	} {
		tc.registration.URL, tc.registration.Secret = target+"/matterport-events", hookSecret
		id, err := client.AddWebhook(t.Context(), tc.registration)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.PingWebhook(t.Context(), id); err != nil {
			t.Error(err)
		}
		if got := (<-arrived).Get(tc.header); got != tc.want {
			t.Errorf("%s is %q", tc.header, got)
		}
		list, err := client.Webhooks(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != id || list[0].URL != target+"/matterport-events" {
			t.Errorf("%+v, %v", list, err)
		}
		up.SendWebhook(matterporttest.Event{Type: "deleted", Model: "SxQL3iGyoDo"})
		if got := (<-arrived).Get(tc.header); got != tc.want {
			t.Errorf("%s is %q", tc.header, got)
		}
		if err := client.RemoveWebhook(t.Context(), id); err != nil {
			t.Error(err)
		}
		up.SendWebhook(matterporttest.Event{Type: "deleted", Model: "SxQL3iGyoDo"})
		mustBe(t, client.RemoveWebhook(t.Context(), id), matterport.ErrNotFound)
		mustBe(t, client.PingWebhook(t.Context(), id), matterport.ErrNotFound)
	}
	if len(arrived) != 0 || len(up.Deliveries()) != 6 {
		t.Errorf("%d events too many, %d deliveries", len(arrived), len(up.Deliveries()))
	}
}

func TestDefaultEventTypesAreAllThatMatter(t *testing.T) {
	client, _, target, _ := emulated(t)
	for range 11 { // more than a page
		if _, err := client.AddWebhook(t.Context(), matterport.WebhookRegistration{URL: target, User: "pme", Secret: hookSecret}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := client.Webhooks(t.Context())
	if err != nil || len(list) != 11 {
		t.Fatalf("%d webhooks, %v", len(list), err)
	}
	want := []string{
		"activation_state_changed", "created", "deleted", "details_changed", "processed", "restored", "transferred_in", "transferred_out", "visibility_changed",
	}
	if diff := cmp.Diff(want, list[10].EventTypes); diff != "" || list[10].URL != target+"/" {
		t.Errorf("%s (-want +got):\n%s", list[10].URL, diff)
	}
}

func TestLostAnswerLeavesOneRegistration(t *testing.T) {
	client, up, target, _ := emulated(t)
	r := matterport.WebhookRegistration{URL: target, User: "pme", Secret: hookSecret}
	for name, failure := range map[string]matterporttest.Failure{"lost": matterporttest.DropAnswer(), "cut": matterporttest.CutBody(), "half": matterporttest.CutJSON()} {
		up.Fail("addModelEventWebhookCallback", failure, 1)
		if id, err := client.AddWebhook(t.Context(), r); err == nil || id != "" {
			t.Errorf("%s: %q", name, id)
		}
		list, err := client.Webhooks(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %d webhooks, %v", name, len(list), err)
		}
		up.Fail("removeModelEventWebhookCallback", matterporttest.Status(http.StatusServiceUnavailable, ""), 1)
		if err := client.RemoveWebhook(t.Context(), list[0].ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWebhooksFailAsOtherCallsDo(t *testing.T) {
	client, up, target, _ := emulated(t, func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
	calls := map[string]func(context.Context) error{
		"addModelEventWebhookCallback": func(ctx context.Context) error {
			_, err := client.AddWebhook(ctx, matterport.WebhookRegistration{URL: target, User: "pme", Secret: hookSecret})
			return err
		},
		"modelEventWebhookCallbacks": func(ctx context.Context) error {
			_, err := client.Webhooks(ctx)
			return err
		},
		"pingModelEventWebhookCallback":   func(ctx context.Context) error { return client.PingWebhook(ctx, hookID) },
		"removeModelEventWebhookCallback": func(ctx context.Context) error { return client.RemoveWebhook(ctx, hookID) },
	}
	for field, call := range calls {
		for name, tc := range map[string]struct {
			failure matterporttest.Failure
			want    error
		}{
			"no plan":   {matterporttest.GraphQLError("request.unauthorized", 200), matterport.ErrUnauthorized},
			"a schema":  {matterporttest.GraphQLError("request.invalid", 400), matterport.ErrInvalid},
			"a quota":   {matterporttest.GraphQLError("quota.exceeded", 0), matterport.ErrRateLimited},
			"trouble":   {matterporttest.HTML(http.StatusBadGateway), matterport.ErrUnavailable},
			"nothing":   {matterporttest.NullData(), matterport.ErrMalformed},
			"the body":  {matterporttest.Echo(), matterport.ErrUnavailable},
			"the limit": {matterporttest.Status(http.StatusTooManyRequests, "7"), matterport.ErrRateLimited},
		} {
			up.Fail(field, tc.failure, 1)
			err := call(t.Context())
			mustBe(t, err, tc.want)
			mustNotTell(t, name, printed(err)...)
			if e := failure(t, err); name == "the limit" && (e.Status != http.StatusTooManyRequests || e.RetryAfter != 7*time.Second) {
				t.Errorf("%s: %+v", field, e)
			}
			if strings.Contains(err.Error(), matterporttest.DefaultClientSecret) {
				t.Errorf("%s: %v", field, err)
			}
		}
	}
}
