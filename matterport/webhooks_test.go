package matterport_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func listOf(entries, next string) reply {
	return reply{body: `{"data":{"modelEventWebhookCallbacks":{"nextOffset":` + next + `,"results":[` + entries + `]}}}`}
}

func TestWebhooksAreListedToTheLastPage(t *testing.T) {
	u := &upstream{graph: func(n int, _ asked) reply {
		return []reply{
			listOf(`{"id":"a","eventTypes":["deleted","created"],"callback":{"scheme":"https","host":"intranet.example","port":443,"path":"x/y"}},
				{"id":"b","eventTypes":null,"callback":{"scheme":"http","host":"old.example","port":8080,"path":"/z"}}`, `"o2"`),
			listOf("", `"o3"`),
			listOf(`{"id":"c","callback":{"scheme":"https","host":"2001:db8::1","port":null}}`, "null"),
		}[n-1]
	}}
	got, err := newClient(t, u).Webhooks(t.Context())
	want := []matterport.Webhook{
		{ID: "a", URL: "https://intranet.example/x/y", EventTypes: []string{"deleted", "created"}},
		{ID: "b", URL: "http://old.example:8080/z"},
		{ID: "c", URL: "https://[2001:db8::1]/"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, list (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(map[string]any{"offset": "o3"}, u.graphs[2].graph.Variables); diff != "" || len(u.graphs[0].graph.Variables) != 0 {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

func TestStrangeListsOfWebhooks(t *testing.T) {
	const good = `{"id":"a","callback":{"scheme":"https","host":"h.example"}}`
	for name, tc := range map[string]struct {
		entries, next string
	}{
		"null":           {"null", "null"},
		"one of null":    {good + ",null", "null"},
		"no ID":          {good + `,{"eventTypes":[]}`, "null"},
		"an ID of null":  {good + `,{"id":null}`, "null"},
		"a number as ID": {good + `,{"id":7}`, "null"},
		"an empty ID":    {good + `,{"id":""}`, "null"},
		"an odd ID":      {good + `,{"id":"\u202e"}`, "null"},
		"one twice":      {good + "," + good, "null"},
		"a circle":       {good, `"again"`},
		"no end":         {"", `"again"`},
		"an odd offset":  {good, "7"},
	} {
		u := &upstream{graph: func(int, asked) reply { return listOf(tc.entries, tc.next) }}
		list, err := newClient(t, u).Webhooks(t.Context())
		mustBe(t, err, matterport.ErrMalformed)
		if list != nil || len(u.graphs) > 100 {
			t.Errorf("%s: %v, %d calls", name, list, len(u.graphs))
		}
	}
	for name, body := range map[string]string{"no list": `{}`, "a list of null": `{"results":null}`, "a list": `[]`, "a text": `"x"`} {
		u := &upstream{graph: func(int, asked) reply { return reply{body: `{"data":{"modelEventWebhookCallbacks":` + body + `}}`} }}
		if list, err := newClient(t, u).Webhooks(t.Context()); list != nil || err == nil {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	for name, callback := range map[string]string{
		"null": "null", "a text": `"x"`, "no host": `{"scheme":"https","path":"x"}`, "no scheme": `{"host":"h.example"}`,
		"a script": `{"scheme":"javascript","host":"h.example"}`, "a user": `{"scheme":"https","host":"u:p@h.example"}`,
		"a name":      `{"scheme":"https","host":"u@h.example","port":8443}`,
		"an odd host": `{"scheme":"https","host":"a b"}`, "a number": `{"scheme":1,"host":2,"port":"x","path":[]}`,
	} {
		u := &upstream{graph: func(int, asked) reply { return listOf(`{"id":"a","eventTypes":{},"callback":`+callback+`}`, "null") }}
		list, err := newClient(t, u).Webhooks(t.Context())
		if diff := cmp.Diff([]matterport.Webhook{{ID: "a"}}, list); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestPingAndRemoval(t *testing.T) {
	for name, tc := range map[string]struct {
		result       string
		ping, remove error
	}{
		"true":    {"true", nil, nil},
		"false":   {"false", matterport.ErrMalformed, matterport.ErrMalformed},
		"null":    {"null", matterport.ErrMalformed, matterport.ErrMalformed},
		"a text":  {`"sent"`, nil, matterport.ErrMalformed},
		"an ID":   {`{"id":"x"}`, nil, matterport.ErrMalformed},
		"nothing": {"", matterport.ErrMalformed, matterport.ErrMalformed},
	} {
		answer := func(field string) reply {
			if tc.result == "" {
				return reply{body: `{"data":{}}`}
			}
			return reply{body: `{"data":{"` + field + `":` + tc.result + `}}`}
		}
		u := &upstream{graph: func(_ int, a asked) reply {
			return answer(strings.TrimSuffix(a.graph.OperationName, "Webhook") + "ModelEventWebhookCallback")
		}}
		client := newClient(t, u)
		for what, got := range map[string][2]error{
			"ping":   {client.PingWebhook(t.Context(), hookID), tc.ping},
			"remove": {client.RemoveWebhook(t.Context(), hookID), tc.remove},
		} {
			if got[1] != nil {
				mustBe(t, got[0], got[1])
			} else if got[0] != nil {
				t.Errorf("%s, %s: %v", name, what, got[0])
			}
		}
		if diff := cmp.Diff(map[string]any{"id": hookID}, u.graphs[0].graph.Variables); diff != "" {
			t.Errorf("variables (-want +got):\n%s", diff)
		}
	}
	gone := newClient(t, &upstream{graph: func(int, asked) reply { return graphFailure("not.found") }})
	mustBe(t, gone.RemoveWebhook(t.Context(), hookID), matterport.ErrNotFound)
	mustBe(t, gone.PingWebhook(t.Context(), hookID), matterport.ErrNotFound)
}
