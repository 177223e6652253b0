package matterport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

// everySecret is what an upstream that echoes all it knows could put into an answer, in the forms in
// which it may do so.
func everySecret() string {
	var parts []string
	for _, secret := range []string{clientSecret, appBearer + "-1", appBearer + "-2", embedBearer} {
		parts = append(parts, secret, url.QueryEscape(secret), "Bearer "+secret, strconv.Quote(secret))
	}
	return strings.Join(parts, "; ")
}

// indiscretions are failures of every kind, in which upstream repeats the secrets wherever it can.
func indiscretions() map[string]reply {
	all := everySecret()
	quoted := strconv.Quote(all)
	data := `"data":{"createPrivateModelEmbedLink":{"accessToken":` + strconv.Quote(embedBearer) + `,"link":"https://x/?auth=` + embedBearer + `"}}`
	return map[string]reply{
		"GraphQL message":      {body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"request.invalid"}}]}`},
		"GraphQL code":         {body: `{"errors":[{"message":"x","extensions":{"code":` + quoted + `}}]}`},
		"GraphQL internal":     {body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"error.internal"}}]}`},
		"GraphQL with data":    {body: `{"errors":[{"message":` + quoted + `}],` + data + `}`},
		"GraphQL not found":    {status: 404, body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"not.found"}}]}`},
		"unauthenticated":      {body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"request.unauthenticated"}}]}`},
		"OAuth description":    {status: 400, body: `{"error":"invalid_grant","error_description":` + quoted + `}`},
		"OAuth code":           {status: 400, body: `{"error":` + quoted + `}`},
		"OAuth invalid client": {status: 401, body: `{"error":"invalid_client","error_description":` + quoted + `}`},
		"rate limit":           {status: 429, kind: "text/plain", body: all, header: http.Header{"Retry-After": {"1"}}},
		"long rate limit":      {status: 429, body: `{"errors":[{"message":` + quoted + `}]}`, header: http.Header{"Retry-After": {"3600"}}},
		"HTML":                 {kind: "text/html", body: "<p>" + all},
		"HTML 500":             {status: 500, kind: "text/html", body: "<p>" + all},
		"content type":         {kind: "x/" + embedBearer + "; a=" + clientSecret, body: all},
		"redirect":             {status: 307, header: http.Header{"Location": {"https://example.com/?s=" + url.QueryEscape(all)}}},
		"bad redirect":         {status: 302, header: http.Header{"Location": {"://" + all}}},
		"half JSON":            {body: `{"data":{"x":` + quoted},
		"wrong types":          {body: `{"data":{"createPrivateModelEmbedLink":` + quoted + `,"models":` + quoted + `,"model":` + quoted + `}}`},
		"cut body":             {body: all, cut: true},
		"connection":           {fails: fmt.Errorf("malformed HTTP response %q", all)},
		"hangs":                {delay: time.Hour},
		"null":                 {body: `{"data":{"createPrivateModelEmbedLink":null}}`},
		"token with a space":   {body: `{"access_token":` + quoted + `}`},
		"token of other type":  {body: `{"access_token":"` + appBearer + `-1","token_type":` + quoted + `}`},
		"odd life":             {body: `{"access_token":"` + appBearer + `-1","expires_in":` + quoted + `}`},
	}
}

func TestNoErrorAndNoLogRecordTellsASecret(t *testing.T) {
	calls := map[string]func(context.Context, *matterport.Client) error{
		"link": link,
		"delete": func(ctx context.Context, c *matterport.Client) error {
			return c.DeleteEmbedToken(ctx, embedBearer)
		},
		"models": func(ctx context.Context, c *matterport.Client) error {
			_, err := c.Models(ctx, matterport.ModelQuery{})
			return err
		},
	}
	for name, bad := range indiscretions() {
		for place, u := range map[string]*upstream{
			"token": {token: func(int) reply { return bad }},
			"graph": {graph: func(int, asked) reply { return bad }},
		} {
			for operation, call := range calls {
				t.Run(strings.Join([]string{name, place, operation}, "/"), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var log bytes.Buffer
						handler := slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})
						client := newClient(t, u, func(cfg *matterport.Config) { cfg.Logger = slog.New(handler) })
						err := call(t.Context(), client)
						if err == nil {
							if place == "token" { // as useful answers of the Model API some of these will do
								t.Fatal("no error")
							}
							return
						}
						_ = failure(t, err)
						synctest.Wait()
						mustNotTell(t, "error", printed(err)...)
						mustNotTell(t, "log", log.String())
						if !strings.Contains(log.String(), "matterport call failed") {
							t.Errorf("the failure is not logged: %s", log.String())
						}
					})
				})
			}
		}
	}
}

func TestTokenThatCameWithAnErrorIsNotTold(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply { // too short to be known by its looks
		return reply{body: `{"data":{"createPrivateModelEmbedLink":{"accessToken":"hush-a","link":"hush-b"}},"errors":[{"message":"hush-a, hush-b"}]}`}
	}}
	err := link(t.Context(), newClient(t, u))
	if err == nil {
		t.Fatal("no error")
	}
	mustNotTell(t, "error", printed(err)...)
}

func TestPanicTellsNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		u := &upstream{token: func(int) reply { return reply{panics: everySecret()} }}
		client := newClient(t, u, func(cfg *matterport.Config) { cfg.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
		mustNotTell(t, "error", printed(link(t.Context(), client))...)
		mustNotTell(t, "log", log.String())
	})
}

func TestMessageIsBoundedAndPrintable(t *testing.T) {
	message := strconv.Quote("first\nsecond\x1b[31m \u202e hush-client/sec\u200bret+4711 " + strings.Repeat("é", 1000))
	u := &upstream{graph: func(int, asked) reply {
		return reply{body: `{"errors":[{"message":` + strings.ReplaceAll(message, `\x1b`, `\u001b`) + `}]}`}
	}}
	e := failure(t, link(t.Context(), newClient(t, u)))
	if !strings.HasPrefix(e.Message, "first second [31m   hush-client/sec ret+4711 éé") {
		t.Errorf("message is %q", e.Message)
	}
	if n := len([]rune(e.Message)); n != 301 || !strings.HasSuffix(e.Message, "é…") {
		t.Errorf("message of %d runes is %q", n, e.Message)
	}
}

func TestSecretAtTheCutIsNotHalfShown(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply {
		return reply{body: `{"errors":[{"message":"` + strings.Repeat("x", 290) + clientSecret + `"}]}`}
	}}
	if e := failure(t, link(t.Context(), newClient(t, u))); strings.Contains(e.Message, "hush") {
		t.Errorf("message is %q", e.Message)
	}
}

// printed is an error and all beneath it, in every form in which it may be printed.
func printed(err error) []string {
	texts := []string{fmt.Sprintf("%v|%+v|%#v|%q", err, err, err, err)}
	var e *matterport.Error
	if errors.As(err, &e) {
		texts = append(texts, fmt.Sprintf("%v|%+v|%#v", *e, *e, *e))
	}
	if inner := errors.Unwrap(err); inner != nil {
		return append(texts, printed(inner)...)
	}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		for _, inner := range joined.Unwrap() {
			texts = append(texts, printed(inner)...)
		}
	}
	return texts
}

func mustNotTell(t testing.TB, what string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(text, "hush") {
			t.Errorf("the %s tells a secret: %s", what, text)
		}
	}
}

func TestOrdinaryMessageStaysReadable(t *testing.T) {
	for _, message := range []string{
		"Model SxQL3iGyoDo was not found",
		"bearer token has expired",
		"Cannot query field \"accessVisibility\" on type \"ModelSearchResult\" (line 3, column 17)",
		"validFor must be between 30s and 24h, e.g. 2026-05-04T03:02:01Z",
	} {
		u := &upstream{graph: func(int, asked) reply {
			return reply{body: `{"errors":[{"message":` + strconv.Quote(message) + `}]}`}
		}}
		if e := failure(t, link(t.Context(), newClient(t, u))); e.Message != message {
			t.Errorf("%q became %q", message, e.Message)
		}
	}
}
