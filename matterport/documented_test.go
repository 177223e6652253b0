package matterport_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

// gateways are answers of proxies and gateways, and answers that could be either theirs or Matterport's. None of
// them sets the clock.
var gateways = map[string]reply{
	"HTML 502":              {status: 502, kind: "text/html", body: "<html>proxy"},
	"HTML 200":              {kind: "text/html", body: "<html>Sign in to the guest network"},
	"HTML 401":              {status: 401, kind: "text/html", body: "<html>"},
	"empty 401":             {status: 401},
	"empty 200":             {},
	"plain 503":             {status: 503, kind: "text/plain", body: "no healthy upstream"},
	"message":               {status: 502, body: `{"message":"Endpoint request timed out"}`},
	"message 200":           {body: `{"message":"ok"}`},
	"a framework":           {status: 502, body: `{"timestamp":"2026-05-04","status":502,"error":"Bad Gateway","path":"/"}`},
	"an error of its own":   {status: 403, body: `{"error":"Access denied by policy"}`},
	"an error object":       {status: 401, body: `{"error":{"code":"invalid_client","message":"no"}}`},
	"OAuth in trouble":      {status: 503, body: `{"error":"temporarily_unavailable"}`},
	"OAuth of a gateway":    {status: 502, body: `{"error":"invalid_grant"}`},
	"OAuth with success":    {status: 200, body: `{"error":"invalid_grant"}`},
	"errors with no code":   {status: 502, body: `{"errors":[{"message":"upstream"}]}`},
	"errors, success":       {body: `{"data":null,"errors":[{"message":"upstream"}]}`},
	"errors, a new code":    {body: `{"errors":[{"message":"x","extensions":{"code":"GATEWAY_ERROR"}}]}`},
	"errors, OAuth's code":  {status: 400, body: `{"errors":[{"code":"invalid_grant"}]}`},
	"JSON:API":              {status: 502, body: `{"errors":[{"status":"502","title":"Bad Gateway"}]}`},
	"data, nothing in it":   {body: `{"data":{}}`},
	"data, another field":   {body: `{"data":{"status":"ok"}}`},
	"data null":             {body: `{"data":null}`},
	"a list":                {body: `[]`},
	"a text":                {body: `"ok"`},
	"half a JSON":           {body: `{"data":{"createPrivateModelEmbedLink":{"acc`},
	"cut off":               {body: `{"data":{"createPrivateModelEmbedLink":{"acc`, cut: true},
	"too long":              {body: `{"data":{"createPrivateModelEmbedLink":{"x":"` + strings.Repeat("x", 1<<20) + `"}}}`},
	"redirect":              {status: 302, header: http.Header{"Location": {"https://example.com"}}, body: graphFailure("not.found").body},
	"redirect, with a link": {status: 307, body: linkReply(time.Unix(1e9, 0)).body},
	"a failed link":         {status: 502, body: linkReply(time.Unix(1e9, 0)).body},
	"a failed grant":        {status: 502, body: newToken(1).body},
}

// understood are answers that only Matterport gives.
var understood = map[string]reply{
	"unauthenticated":    graphFailure("request.unauthenticated"),
	"not found":          graphFailure("not.found"),
	"real status":        {status: 404, body: graphFailure("not.found").body},
	"quota":              {status: 429, body: graphFailure("quota.exceeded").body},
	"internal":           {status: 500, body: graphFailure("error.internal").body},
	"invalid_grant":      {status: 400, body: `{"error":"invalid_grant"}`},
	"invalid_token":      {status: 401, body: `{"error":"invalid_token","error_description":"?"}`},
	"insufficient_scope": {status: 403, body: `{"error":"insufficient_scope"}`},
	"a link":             linkReply(time.Unix(1e9, 0)),
	"a bad link":         {body: `{"data":{"createPrivateModelEmbedLink":{"validUntil":"?"}}}`},
}

// dated answers with r at a place, with a date of its own, and has no dates otherwise.
func dated(place string, r reply, date time.Time) *upstream {
	header := r.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Date", date.UTC().Format(http.TimeFormat))
	r.header = header
	if place == "token endpoint" {
		return &upstream{token: func(int) reply { return r }}
	}
	return &upstream{graph: func(int, asked) reply { return r }}
}

func TestAnswersThatAreNotMatterportsSetNoClock(t *testing.T) {
	for name, foreign := range gateways {
		for _, place := range []string{"token endpoint", "Model API"} {
			t.Run(name+"/"+place, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					u := dated(place, foreign, time.Now().Add(time.Hour))
					client := newClient(t, u, func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
					if err := link(t.Context(), client); err == nil {
						t.Fatal("no error")
					}
					if now, known := client.ServerTime(); known || !now.Equal(time.Now()) {
						t.Errorf("the clock is set to %v", now)
					}
				})
			})
		}
	}
}

func TestMatterportsAnswersSetTheClock(t *testing.T) {
	places := map[string]map[string]reply{
		"Model API": understood,
		"token endpoint": {
			"invalid_client": {status: 401, body: `{"error":"invalid_client"}`}, "invalid_grant": {status: 400, body: `{"error":"invalid_grant"}`},
			"a token": newToken(1),
		},
	}
	for place, replies := range places {
		for name, r := range replies {
			t.Run(name+"/"+place, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client := newClient(t, dated(place, r, time.Now().Add(time.Hour)), func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
					_ = link(t.Context(), client)
					if now, known := client.ServerTime(); !known || time.Until(now) != time.Hour+time.Second {
						t.Errorf("ServerTime = %v, %v; want an hour and a second ahead", now, known)
					}
				})
			})
		}
	}
}

func TestRetryAfterOfAProxyIsHeededAndSetsNoClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		early := time.Now().Add(-time.Hour)
		u := dated("Model API", reply{
			status: 503, kind: "text/html", body: "<html>",
			header: http.Header{"Retry-After": {early.Add(7 * time.Minute).UTC().Format(http.TimeFormat)}},
		}, early)
		client := newClient(t, u)
		if e := failure(t, link(t.Context(), client)); e.RetryAfter != 7*time.Minute {
			t.Errorf("RetryAfter = %v; want 7m by the proxy's own clock", e.RetryAfter)
		}
		if _, known := client.ServerTime(); known {
			t.Error("the clock is set by it")
		}
	})
}
