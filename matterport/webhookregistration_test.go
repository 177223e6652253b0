package matterport_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

const (
	hookSecret = "hush-webhook-secret-1234"
	hookID     = "887n9rwrdxytnttms0t1h02mc"
	hookAdded  = `{"data":{"addModelEventWebhookCallback":{"id":"` + hookID + `"}}}`
)

func registration() matterport.WebhookRegistration {
	return matterport.WebhookRegistration{URL: "https://intranet.example/matterport-events", User: "pme", Secret: hookSecret}
}

func TestWebhookIsRegisteredWithItsCredential(t *testing.T) {
	for name, tc := range map[string]struct {
		registration matterport.WebhookRegistration
		text         string
		variables    map[string]any
	}{
		"basic": {
			registration(), "version: 2",
			map[string]any{"scheme": "https", "host": "intranet.example", "port": 443.0, "path": "matterport-events", "key": "pme", "secret": hookSecret},
		},
		"header": {
			matterport.WebhookRegistration{URL: "https://[2001:db8::1]:8443/a/b", Header: "X-Webhook-Secret", Secret: hookSecret},
			"additionalHeaders: [{key: $key, value: $secret}]",
			map[string]any{"scheme": "https", "host": "2001:db8::1", "port": 8443.0, "path": "a/b", "key": "X-Webhook-Secret", "secret": hookSecret},
		},
		"token": {
			matterport.WebhookRegistration{URL: "https://intranet.example", Secret: hookSecret, EventTypes: []string{"deleted", "transferred_out"}},
			"eventTypes: [deleted, transferred_out]",
			map[string]any{"scheme": "https", "host": "intranet.example", "port": 443.0, "path": "", "secret": hookSecret},
		},
	} {
		u := &upstream{graph: func(int, asked) reply { return reply{body: hookAdded} }}
		id, err := newClient(t, u).AddWebhook(t.Context(), tc.registration)
		if id != hookID || err != nil {
			t.Fatalf("%s: %q, %v", name, id, err)
		}
		sent := u.graphs[0].graph
		if diff := cmp.Diff(tc.variables, sent.Variables); diff != "" {
			t.Errorf("%s: variables (-want +got):\n%s", name, diff)
		}
		if !strings.Contains(sent.Query, tc.text) || !strings.Contains(sent.Query, "version: 2") || strings.Contains(sent.Query, "hush") {
			t.Errorf("%s: the text is %s", name, sent.Query)
		}
	}
}

func TestRegistrationThatIsWrongIsNotSent(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply { t.Error("something was sent"); return reply{} }}
	client := newClient(t, u)
	for name, tc := range map[string]struct {
		change func(*matterport.WebhookRegistration)
		want   []string
	}{
		"nothing":          {func(r *matterport.WebhookRegistration) { *r = matterport.WebhookRegistration{} }, []string{"URL must be", "Secret is required"}},
		"http":             {func(r *matterport.WebhookRegistration) { r.URL = "http://intranet.example/x" }, []string{"URL must be https"}},
		"http at loopback": {func(r *matterport.WebhookRegistration) { r.URL = "http://127.0.0.1/x" }, []string{"URL must be https"}},
		"a user":           {func(r *matterport.WebhookRegistration) { r.URL = "https://u:hush@intranet.example/x" }, []string{"URL must have no user"}},
		"a query":          {func(r *matterport.WebhookRegistration) { r.URL += "?secret=hush" }, []string{"URL must have no query"}},
		"an empty query":   {func(r *matterport.WebhookRegistration) { r.URL += "?" }, []string{"URL must have no query"}},
		"a fragment":       {func(r *matterport.WebhookRegistration) { r.URL += "#hush" }, []string{"URL must have no user and no fragment"}},
		"a relative URL":   {func(r *matterport.WebhookRegistration) { r.URL = "/hush" }, []string{"URL must be an absolute https URL"}},
		"another scheme":   {func(r *matterport.WebhookRegistration) { r.URL = "ftp://intranet.example/x" }, []string{"URL must be an absolute https URL"}},
		"an escape":        {func(r *matterport.WebhookRegistration) { r.URL += "%20x" }, []string{"URL must be ASCII without escapes"}},
		"another script":   {func(r *matterport.WebhookRegistration) { r.URL += "é" }, []string{"URL must be ASCII without escapes"}},
		"another host":     {func(r *matterport.WebhookRegistration) { r.URL = "https://büro.example/x" }, []string{"URL must be ASCII"}},
		"a line break":     {func(r *matterport.WebhookRegistration) { r.URL += "\n" }, []string{"URL contains"}},
		"a port":           {func(r *matterport.WebhookRegistration) { r.URL = "https://intranet.example:70000/x" }, []string{"URL must have a port from 1 to 65535"}},
		"a secret's line":  {func(r *matterport.WebhookRegistration) { r.Secret = "hush\nhush" }, []string{"Secret has a space"}},
		"a secret's space": {func(r *matterport.WebhookRegistration) { r.Secret += " " }, []string{"Secret has a space"}},
		"two kinds":        {func(r *matterport.WebhookRegistration) { r.Header = "X-Secret" }, []string{"User and Header are both set"}},
		"a colon":          {func(r *matterport.WebhookRegistration) { r.User = "a:hush" }, []string{"User has a colon"}},
		"a bad header":     {func(r *matterport.WebhookRegistration) { r.User, r.Header = "", "X: hush" }, []string{"Header is no name"}},
		"a type":           {func(r *matterport.WebhookRegistration) { r.EventTypes = []string{`deleted]}hush{`} }, []string{"EventTypes has a name that is not"}},
		"an empty type":    {func(r *matterport.WebhookRegistration) { r.EventTypes = []string{""} }, []string{"EventTypes has a name that is not"}},
		"a type twice":     {func(r *matterport.WebhookRegistration) { r.EventTypes = []string{"deleted", "deleted"} }, []string{"EventTypes has a name twice"}},
		"many types":       {func(r *matterport.WebhookRegistration) { r.EventTypes = make([]string, 51) }, []string{"EventTypes are more than 50"}},
	} {
		r := registration()
		tc.change(&r)
		id, err := client.AddWebhook(t.Context(), r)
		mustBe(t, err, matterport.ErrInvalid)
		for _, want := range tc.want {
			if id != "" || !strings.Contains(err.Error(), "addWebhook: invalid request: ") || !strings.Contains(err.Error(), "WebhookRegistration."+want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
		mustNotTell(t, name, printed(err)...)
	}
	if text := fmt.Sprintf("%v %+v %#v", registration(), registration(), registration()); strings.Contains(text, "hush") {
		t.Errorf("a registration shows its secret: %s", text)
	}
	for _, id := range []string{"", "a b", "a\n", "é", strings.Repeat("a", 129)} {
		mustBe(t, client.PingWebhook(t.Context(), id), matterport.ErrInvalid)
		mustBe(t, client.RemoveWebhook(t.Context(), id), matterport.ErrInvalid)
	}
}

func TestRegistrationIsNotRepeatedIfItMayHaveArrived(t *testing.T) {
	limited := reply{status: 429, body: graphFailure("quota.exceeded").body}
	for name, tc := range map[string]struct {
		token, graph reply // of the first request
		calls        int
		want         error // nil: the second one goes well
	}{
		"a limit":             {graph: limited, calls: 2},
		"an old token":        {graph: refusals["400 invalid_grant"], calls: 2},
		"no token":            {token: reply{status: 503}, calls: 1},
		"trouble":             {graph: reply{status: 503}, calls: 1, want: matterport.ErrUnavailable},
		"an internal error":   {graph: graphFailure("error.internal"), calls: 1, want: matterport.ErrUnavailable},
		"a broken connection": {graph: reply{fails: fmt.Errorf("reset")}, calls: 1, want: matterport.ErrUnavailable},
		"half an answer":      {graph: reply{body: hookAdded[:30], cut: true}, calls: 1, want: matterport.ErrUnavailable},
		"a page":              {graph: reply{kind: "text/html", body: "<html>"}, calls: 1, want: matterport.ErrMalformed},
		"no ID":               {graph: reply{body: `{"data":{"addModelEventWebhookCallback":{}}}`}, calls: 1, want: matterport.ErrMalformed},
		"an ID of null":       {graph: reply{body: `{"data":{"addModelEventWebhookCallback":{"id":null}}}`}, calls: 1, want: matterport.ErrMalformed},
		"an odd ID":           {graph: reply{body: `{"data":{"addModelEventWebhookCallback":{"id":"a b"}}}`}, calls: 1, want: matterport.ErrMalformed},
		"null":                {graph: reply{body: `{"data":{"addModelEventWebhookCallback":null}}`}, calls: 1, want: matterport.ErrMalformed},
		"no right":            {graph: graphFailure("request.unauthorized"), calls: 1, want: matterport.ErrUnauthorized},
		"another schema":      {graph: reply{status: 400, body: graphFailure("request.invalid").body}, calls: 1, want: matterport.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{
					token: func(n int) reply {
						if n == 1 && tc.token.status != 0 {
							return tc.token
						}
						return newToken(n)
					},
					graph: func(n int, _ asked) reply {
						if n == 1 && tc.token.status == 0 {
							return tc.graph
						}
						return reply{body: hookAdded}
					},
				}
				id, err := newClient(t, u).AddWebhook(t.Context(), registration())
				if tc.want != nil {
					mustBe(t, err, tc.want)
				}
				if (err == nil) != (tc.want == nil) || (id == hookID) != (tc.want == nil) {
					t.Errorf("%q, %v", id, err)
				}
				if _, calls := u.counts(); calls != tc.calls {
					t.Errorf("%d calls; want %d", calls, tc.calls)
				}
			})
		})
	}
}

func TestSecretOfAWebhookIsNotTold(t *testing.T) {
	const plain = "hush-hook" // too short to be known by its looks
	quoted := strconv.Quote(plain + " and " + plain + "; Basic " + plain)
	for name, bad := range map[string]reply{
		"a message": {body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"request.invalid"}}]}`},
		"a code":    {body: `{"errors":[{"message":"x","extensions":{"code":` + quoted + `}}]}`},
		"a page":    {status: 500, kind: "text/html", body: quoted},
		"an ID":     {body: `{"data":{"addModelEventWebhookCallback":{"id":` + quoted + `}}}`},
		"a limit":   {status: 429, body: `{"errors":[{"message":` + quoted + `}]}`, header: http.Header{"Retry-After": {"3600"}}},
		"a failure": {fails: fmt.Errorf("cannot send %s", quoted)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				client := newClient(t, &upstream{graph: func(int, asked) reply { return bad }}, func(cfg *matterport.Config) {
					cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				r := registration()
				r.Secret = plain
				_, err := client.AddWebhook(t.Context(), r)
				mustNotTell(t, "error", printed(failure(t, err))...)
				mustNotTell(t, "log", log.String())
			})
		})
	}
}
