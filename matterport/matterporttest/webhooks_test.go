package matterporttest_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

var webhookID = regexp.MustCompile(`^[0-9a-z]{25}$`)

// hook are the arguments of the fixed operation that registers a webhook.
func hook(pairs ...any) map[string]any {
	variables := map[string]any{
		"scheme": "http", "host": "127.0.0.1", "port": 8080, "path": "matterport-events", "key": "pme", "secret": "0123456789-webhook-secret",
	}
	for i := 0; i < len(pairs); i += 2 {
		variables[pairs[i].(string)] = pairs[i+1]
	}
	return variables
}

// register registers a webhook by the fixed operation, and returns its ID.
func register(t testing.TB, s http.Handler, pairs ...any) string {
	t.Helper()
	a := run(t, s, operation(t, "addWebhook"), hook(pairs...))
	id, _ := a.field("addModelEventWebhookCallback")["id"].(string)
	if !webhookID.MatchString(id) {
		t.Fatalf("answer = %d %s", a.Code, a.Body)
	}
	return id
}

func TestFixedOperationsOfWebhooks(t *testing.T) {
	s := matterporttest.New(account())
	first, second := register(t, s), register(t, s, "host", "::1", "path", "/b")
	listed := func(id, host, path string) map[string]any {
		return map[string]any{
			"id": id, "callback": map[string]any{"scheme": "http", "host": host, "port": 8080.0, "path": path},
			"eventTypes": []any{
				"activation_state_changed", "created", "deleted", "details_changed", "processed", "restored", "transferred_in", "transferred_out",
				"visibility_changed",
			},
		}
	}
	a := run(t, s, operation(t, "webhooks"), nil)
	want := map[string]any{"nextOffset": nil, "results": []any{listed(first, "127.0.0.1", "matterport-events"), listed(second, "::1", "/b")}}
	if diff := cmp.Diff(want, a.field("modelEventWebhookCallbacks")); diff != "" || strings.Contains(a.Body.String(), "secret") {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a := run(t, s, operation(t, "removeWebhook"), map[string]any{"id": first}); a.body.Data["removeModelEventWebhookCallback"] != true {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
	for _, name := range []string{"removeWebhook", "pingWebhook"} {
		if a := run(t, s, operation(t, name), map[string]any{"id": first}); !cmp.Equal(a.codes(), []string{"not.found"}) {
			t.Errorf("%s of what is gone: %d %s", name, a.Code, a.Body)
		}
	}
	if list, _ := run(t, s, operation(t, "webhooks"), nil).field("modelEventWebhookCallbacks")["results"].([]any); len(list) != 1 || len(s.Deliveries()) != 0 {
		t.Errorf("%d webhooks, %v", len(list), s.Deliveries())
	}
}

func TestWebhooksAreListedByPage(t *testing.T) {
	s := matterporttest.New(account())
	for range 100 {
		register(t, s)
	}
	if a := run(t, s, operation(t, "addWebhook"), hook()); !cmp.Equal(a.codes(), []string{"quota.exceeded"}) {
		t.Errorf("the 101st: %d %s", a.Code, a.Body)
	}
	seen := map[any]bool{}
	variables := map[string]any{}
	for page := 1; ; page++ {
		list := run(t, s, operation(t, "webhooks"), variables).field("modelEventWebhookCallbacks")
		for _, entry := range list["results"].([]any) {
			seen[entry.(map[string]any)["id"]] = true
		}
		if variables["offset"] = list["nextOffset"]; list["nextOffset"] == nil {
			if page != 10 || len(seen) != 100 {
				t.Errorf("%d webhooks on %d pages", len(seen), page)
			}
			return
		}
	}
}

func TestRegistrationThatMakesNoSenseIsRefused(t *testing.T) {
	s := matterporttest.New(account())
	fixed := operation(t, "addWebhook")
	const basic = "credType: basic, credKey: $key, credSecret: $secret"
	for name, tc := range map[string]struct {
		text      string
		variables map[string]any
	}{
		"no host":          {fixed, hook("host", "")},
		"a host and port":  {fixed, hook("host", "a.example:80")},
		"a host and user":  {fixed, hook("host", "u@a.example")},
		"a host and path":  {fixed, hook("host", "a.example/x")},
		"another scheme":   {fixed, hook("scheme", "file")},
		"a port":           {fixed, hook("port", 70000)},
		"a port as text":   {fixed, hook("port", "80")},
		"no key":           {fixed, hook("key", "")},
		"no secret":        {fixed, hook("secret", "")},
		"a missing value":  {fixed, hook("secret", nil)},
		"an unknown type":  {strings.Replace(fixed, "[", "[renamed, ", 1), hook()},
		"no type":          {regexp.MustCompile(`\[.*\]`).ReplaceAllString(fixed, "[]"), hook()},
		"a version":        {strings.Replace(fixed, "version: 2", "version: 3", 1), hook()},
		"a kind":           {strings.Replace(fixed, "basic", "digest", 1), hook()},
		"no kind":          {strings.Replace(fixed, "credType: basic, ", "", 1), hook()},
		"a spliced secret": {strings.Replace(fixed, "credSecret: $secret", `credSecret: "x", queryParams: [{key: "k", value: $secret}]`, 1), hook()},
		"a spliced value":  {strings.Replace(fixed, basic, `queryParams: [{key: $key, value: $secret}], additionalHeaders: [{key: "x", value: "y"}]`, 1), hook()},
		"a bare value":     {strings.Replace(fixed, basic, `queryParams: [{key: $key, value: $secret}], additionalHeaders: {key: "x", value: "y"}`, 1), hook()},
		"a default":        {strings.Replace(fixed, "$secret: String!", `$secret: String = "x"`, 1), hook()},
		"an unknown field": {strings.Replace(fixed, "credKey", "credUser", 1), hook()},
	} {
		if a := run(t, s, tc.text, tc.variables); !cmp.Equal(a.codes(), []string{"request.invalid"}) {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
	}
	if list, _ := run(t, s, operation(t, "webhooks"), nil).field("modelEventWebhookCallbacks")["results"].([]any); len(list) != 0 {
		t.Errorf("%d webhooks", len(list))
	}
}

func TestGrantsManageNoWebhooks(t *testing.T) {
	s := matterporttest.New(partner())
	bearer := connected(t, s, owner, "ViewPublic ViewDetails EditDetails").body.AccessToken
	id := register(t, s)
	for name, variables := range map[string]map[string]any{
		"webhooks": nil, "addWebhook": hook(), "pingWebhook": {"id": id}, "removeWebhook": {"id": id},
	} {
		if a := send(s, graphRequest(bearer, operation(t, name), variables)); !cmp.Equal(a.codes(), []string{"request.unauthorized"}) {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
	}
}
