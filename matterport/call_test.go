package matterport_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

// refusals are the forms in which the Model API says that it does not take the application token.
var refusals = map[string]reply{
	"400 invalid_grant":   {status: 400, body: `{"error":"invalid_grant"}`},
	"401 invalid_token":   {status: 401, body: `{"error":"invalid_token"}`},
	"401 and nothing":     {status: 401},
	"401 with HTML":       {status: 401, kind: "text/html", body: "<html>"},
	"401 with GraphQL":    {status: 401, body: `{"errors":[{"message":"?"}]}`},
	"200 unauthenticated": graphFailure("request.unauthenticated"),
	"200, httpStatus 401": {body: `{"errors":[{"message":"?","httpStatus":401}]}`},
	"200, inside, a text": {body: `{"errors":[{"message":"?","extensions":{"httpStatus":"401"}}]}`},
}

func TestRefusedApplicationTokenIsReplacedOnce(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(_ int, a asked) reply {
				if a.bearer == appBearer+"-1" {
					return refusal
				}
				return linkReply(time.Now().Add(time.Hour))
			}}
			client := newClient(t, u, func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
			for range 2 { // the second time the new token is at hand
				if err := link(t.Context(), client); err != nil {
					t.Fatal(err)
				}
			}
			if tokens, graphs := u.counts(); tokens != 2 || graphs != 3 {
				t.Errorf("%d tokens, %d calls; want 2, 3", tokens, graphs)
			}
		})
	}
}

func TestSecondRefusalIsUnauthorized(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply { return refusal }}
			err := link(t.Context(), newClient(t, u))
			if !errors.Is(err, matterport.ErrUnauthorized) {
				t.Errorf("err = %v; want ErrUnauthorized", err)
			}
			if tokens, graphs := u.counts(); tokens != 2 || graphs != 2 {
				t.Errorf("%d tokens, %d calls; want 2, 2", tokens, graphs)
			}
		})
	}
}

func TestTroubleAfterARefusalDoesNotAllowAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{graph: func(n int, _ asked) reply {
			return []reply{refusals["401 and nothing"], {status: 503}, refusals["401 and nothing"], {}}[n-1]
		}}
		err := link(t.Context(), newClient(t, u))
		if !errors.Is(err, matterport.ErrUnauthorized) {
			t.Errorf("err = %v; want ErrUnauthorized", err)
		}
		if tokens, graphs := u.counts(); tokens != 2 || graphs != 3 {
			t.Errorf("%d tokens, %d calls; want 2, 3", tokens, graphs)
		}
	})
}

func TestOldTokenRefusedToManyIsReplacedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{
			token: func(n int) reply { r := newToken(n); r.delay = 10 * time.Millisecond; return r },
			graph: func(n int, a asked) reply {
				if a.bearer == appBearer+"-1" && n > 1 {
					// Some hear of it late, when the new token is already there.
					r := refusals["400 invalid_grant"]
					r.delay = time.Duration(n) * time.Millisecond
					return r
				}
				return linkReply(time.Now().Add(time.Hour))
			},
		}
		client := newClient(t, u)
		if err := link(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if err := link(t.Context(), client); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if tokens, _ := u.counts(); tokens != 2 {
			t.Errorf("%d tokens were fetched; want 2", tokens)
		}
	})
}

func TestSecretsTravelAsVariablesOnly(t *testing.T) {
	u := &upstream{graph: func(n int, _ asked) reply {
		if n == 3 {
			return reply{body: `{"data":{"deletePrivateModelEmbedToken":true}}`}
		}
		if n == 2 {
			return reply{body: strings.Replace(linkReply(time.Now()).body, "EmbedLink", "EmbedToken", 1)}
		}
		return linkReply(time.Now())
	}}
	client := newClient(t, u)
	other := "abcDEF12345"
	_, err1 := client.CreateEmbedLink(t.Context(), modelID, 90*time.Second+700*time.Millisecond)
	_, err2 := client.CreateEmbedToken(t.Context(), []string{modelID, other}, 24*time.Hour)
	err3 := client.DeleteEmbedToken(t.Context(), embedBearer)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	want := []graphBody{
		{OperationName: "createEmbedLink", Variables: map[string]any{
			"modelId": modelID, "clientId": "client-id", "clientSecret": clientSecret, "validFor": "90s",
		}},
		{OperationName: "createEmbedToken", Variables: map[string]any{
			"modelIds": []any{modelID, other}, "clientId": "client-id", "clientSecret": clientSecret, "validFor": "86400s",
		}},
		{OperationName: "deleteEmbedToken", Variables: map[string]any{
			"accessToken": embedBearer, "clientId": "client-id", "clientSecret": clientSecret,
		}},
	}
	var got []graphBody
	for _, a := range u.graphs {
		if !strings.HasPrefix(a.graph.Query, "mutation "+a.graph.OperationName+"(") || strings.Contains(a.graph.Query, "hush") {
			t.Errorf("query is %s", a.graph.Query)
		}
		if a.bearer != appBearer+"-1" {
			t.Errorf("bearer is %q", a.bearer)
		}
		a.graph.Query = ""
		got = append(got, a.graph)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestEveryAnswerGetsItsVerdict(t *testing.T) {
	type verdict struct {
		Kind   error
		Status int
		Code   string
	}
	for name, tc := range map[string]struct {
		reply reply
		want  verdict
	}{
		"not.found":           {graphFailure("not.found"), verdict{matterport.ErrNotFound, 200, "not.found"}},
		"model.inactive":      {graphFailure("model.inactive"), verdict{matterport.ErrNotFound, 200, "model.inactive"}},
		"unauthorized":        {graphFailure("request.unauthorized"), verdict{matterport.ErrUnauthorized, 200, "request.unauthorized"}},
		"request.invalid":     {graphFailure("request.invalid"), verdict{matterport.ErrInvalid, 200, "request.invalid"}},
		"request.unsupported": {graphFailure("request.unsupported"), verdict{matterport.ErrInvalid, 200, "request.unsupported"}},
		"not.unique":          {graphFailure("not.unique"), verdict{matterport.ErrInvalid, 200, "not.unique"}},
		"quota.exceeded":      {graphFailure("quota.exceeded"), verdict{matterport.ErrRateLimited, 200, "quota.exceeded"}},
		"error.internal":      {graphFailure("error.internal"), verdict{matterport.ErrUnavailable, 200, "error.internal"}},
		"unknown code":        {graphFailure("brand.new"), verdict{matterport.ErrInvalid, 200, "brand.new"}},

		"real status":        {reply{status: 404, body: graphFailure("not.found").body}, verdict{matterport.ErrNotFound, 404, "not.found"}},
		"httpStatus on top":  {reply{body: `{"errors":[{"httpStatus":404}]}`}, verdict{matterport.ErrNotFound, 404, ""}},
		"httpStatus inside":  {reply{body: `{"errors":[{"extensions":{"httpStatus":503}}]}`}, verdict{matterport.ErrUnavailable, 503, ""}},
		"httpStatus 403":     {reply{body: `{"errors":[{"httpStatus":"403"}]}`}, verdict{matterport.ErrUnauthorized, 403, ""}},
		"httpStatus 429":     {reply{body: `{"errors":[{"httpStatus":429,"extensions":{"code":"request.invalid"}}]}`}, verdict{matterport.ErrRateLimited, 429, "request.invalid"}},
		"senseless status":   {reply{body: `{"errors":[{"httpStatus":-7}]}`}, verdict{matterport.ErrInvalid, 200, ""}},
		"code on top":        {reply{body: `{"errors":[{"code":"not.found"}]}`}, verdict{matterport.ErrNotFound, 200, "not.found"}},
		"the second is told": {reply{body: `{"errors":[{"message":"?"},{"extensions":{"code":"not.found"}}]}`}, verdict{matterport.ErrNotFound, 200, "not.found"}},
		"errors as a text":   {reply{body: `{"errors":"no"}`}, verdict{matterport.ErrInvalid, 200, ""}},
		"errors of texts":    {reply{body: `{"errors":["no"]}`}, verdict{matterport.ErrInvalid, 200, ""}},
		"null extensions":    {reply{body: `{"errors":[{"message":7,"extensions":null}]}`}, verdict{matterport.ErrInvalid, 200, ""}},
		"error and data":     {reply{body: linkReply(time.Now()).body[:len(linkReply(time.Now()).body)-1] + `,"errors":[{"path":["a","b"],"extensions":{"code":"error.internal"}}]}`}, verdict{matterport.ErrUnavailable, 200, "error.internal"}},

		"OAuth 400":           {reply{status: 400, body: `{"error":"invalid_request"}`}, verdict{matterport.ErrInvalid, 400, "invalid_request"}},
		"OAuth 403":           {reply{status: 403, body: `{"error":"insufficient_scope"}`}, verdict{matterport.ErrUnauthorized, 403, "insufficient_scope"}},
		"OAuth 403, new code": {reply{status: 403, body: `{"error":{"code":"x","message":"y"}}`}, verdict{matterport.ErrUnauthorized, 403, "x"}},
		"OAuth 503":           {reply{status: 503, body: `{"error":"temporarily_unavailable"}`}, verdict{matterport.ErrUnavailable, 503, "temporarily_unavailable"}},
		"OAuth 429":           {reply{status: 429, body: `{"error":"invalid_grant"}`}, verdict{matterport.ErrRateLimited, 429, "invalid_grant"}},
		"404 of a framework":  {reply{status: 404, body: `{"error":"Not Found"}`}, verdict{matterport.ErrMalformed, 404, "Not Found"}},

		"HTML 200":             {reply{kind: "text/html; charset=utf-8", body: "<html>"}, verdict{matterport.ErrMalformed, 200, ""}},
		"HTML 403":             {reply{status: 403, kind: "text/html", body: "<html>"}, verdict{matterport.ErrMalformed, 403, ""}},
		"HTML 404":             {reply{status: 404, kind: "text/html", body: "<html>"}, verdict{matterport.ErrMalformed, 404, ""}},
		"HTML 502":             {reply{status: 502, kind: "text/html", body: "<html>"}, verdict{matterport.ErrUnavailable, 502, ""}},
		"HTML 429":             {reply{status: 429, kind: "text/html", body: "<html>"}, verdict{matterport.ErrRateLimited, 429, ""}},
		"408":                  {reply{status: 408}, verdict{matterport.ErrUnavailable, 408, ""}},
		"empty":                {reply{}, verdict{matterport.ErrMalformed, 200, ""}},
		"204":                  {reply{status: 204}, verdict{matterport.ErrMalformed, 204, ""}},
		"half a JSON":          {reply{body: `{"data":{`}, verdict{matterport.ErrMalformed, 200, ""}},
		"JSON null":            {reply{body: `null`}, verdict{matterport.ErrMalformed, 200, ""}},
		"JSON list":            {reply{body: `[]`}, verdict{matterport.ErrMalformed, 200, ""}},
		"JSON of another kind": {reply{status: 400, body: `{"oops":true}`}, verdict{matterport.ErrMalformed, 400, ""}},
		"JSON twice":           {reply{body: linkReply(time.Now()).body + linkReply(time.Now()).body}, verdict{matterport.ErrMalformed, 200, ""}},
		"too long":             {reply{body: `{"data":"` + strings.Repeat("x", 1<<20) + `"}`}, verdict{matterport.ErrMalformed, 200, ""}},
		"redirect":             {reply{status: 307, header: http.Header{"Location": {"https://example.com"}}, body: linkReply(time.Now()).body}, verdict{matterport.ErrMalformed, 307, ""}},
		"redirect with errors": {reply{status: 302, body: graphFailure("not.found").body}, verdict{matterport.ErrMalformed, 302, ""}},
		"not modified":         {reply{status: 304}, verdict{matterport.ErrMalformed, 304, ""}},
		"null data":            {reply{body: `{"data":null}`}, verdict{matterport.ErrMalformed, 200, ""}},
		"null field":           {reply{body: `{"data":{"createPrivateModelEmbedLink":null}}`}, verdict{matterport.ErrMalformed, 200, ""}},
		"other field":          {reply{body: `{"data":{"x":{}}}`}, verdict{matterport.ErrMalformed, 200, ""}},
		"cut off":              {reply{body: `{"data":{`, cut: true}, verdict{matterport.ErrUnavailable, 200, ""}},
		"connection":           {reply{fails: errors.New("no route")}, verdict{matterport.ErrUnavailable, 0, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply { return tc.reply }}
			client := newClient(t, u, func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
			token, err := client.CreateEmbedLink(t.Context(), modelID, time.Minute)
			if token != nil || err == nil {
				t.Fatalf("got %v, %v", token, err)
			}
			e := failure(t, err)
			for _, kind := range []error{
				matterport.ErrNotFound, matterport.ErrUnauthorized, matterport.ErrRateLimited, matterport.ErrUnavailable,
				matterport.ErrMalformed, matterport.ErrInvalid, matterport.ErrClosed,
			} {
				if is := errors.Is(err, kind); is != errors.Is(tc.want.Kind, kind) {
					t.Errorf("errors.Is(%v, %v) = %v", err, kind, is)
				}
			}
			if e.Op != "createEmbedLink" || e.Status != tc.want.Status || e.Code != tc.want.Code {
				t.Errorf("Op %q, Status %d, Code %q; want createEmbedLink, %d, %q", e.Op, e.Status, e.Code, tc.want.Status, tc.want.Code)
			}
			if !strings.HasPrefix(err.Error(), "matterport: createEmbedLink: ") {
				t.Errorf("text is %q", err)
			}
		})
	}
}

func TestCutOffJSONIsCalledThat(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply { return reply{body: `{"data":{"guest":`} }}
	err := link(t.Context(), newClient(t, u))
	if !strings.Contains(err.Error(), "17 bytes, cut off") || strings.Contains(err.Error(), "guest") {
		t.Errorf("err = %v", err)
	}
}

func TestMalformedAnswerIsDescribedButNotQuoted(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply {
		return reply{kind: "text/html; charset=utf-8", body: "<html>Sign in to the guest network</html>"}
	}}
	err := link(t.Context(), newClient(t, u))
	for _, part := range []string{"HTTP 200", "text/html", "41 bytes"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "guest") {
		t.Errorf("%q quotes the body", err)
	}
}
