package matterport_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/go-pme/pme/matterport"
)

// everyForm is how an upstream could write a secret that it was sent, or that it has made.
func everyForm(secret string) string {
	lower := func(text string) string {
		return regexp.MustCompile(`%..`).ReplaceAllStringFunc(text, strings.ToLower)
	}
	query, path := url.QueryEscape(secret), url.PathEscape(secret)
	return strings.Join([]string{
		secret, strconv.Quote(secret), "Bearer " + secret, html.EscapeString(secret), query, path, lower(query), lower(path),
	}, "; ")
}

// oauthIndiscretions are failures of every kind at either endpoint, in which upstream repeats a secret
// wherever it can.
func oauthIndiscretions(secret string) map[string]reply {
	all := everyForm(secret)
	asJSON, _ := json.Marshal(all)
	quoted := string(asJSON)
	tokens := `"access_token":"` + accessBearer + `","refresh_token":"` + refreshSecret + `2"`
	return map[string]reply{
		"invalid_grant":         {status: 400, body: `{"error":"invalid_grant","error_description":` + quoted + `}`},
		"invalid_client":        {status: 401, body: `{"error":"invalid_client","error_description":` + quoted + `}`},
		"the error itself":      {status: 400, body: `{"error":` + quoted + `}`},
		"GraphQL":               {body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"request.unauthenticated"}}]}`},
		"GraphQL not found":     {body: `{"errors":[{"message":` + quoted + `,"extensions":{"code":"not.found"}}]}`},
		"HTML":                  {kind: "text/html", body: `<p>` + all},
		"HTML 503":              {status: 503, kind: "text/html", body: `<p>` + all},
		"rate limit":            {status: 429, kind: "text/plain", body: all, header: http.Header{"Retry-After": {"1"}}},
		"content type":          {kind: "x/" + secret, body: all},
		"redirect":              {status: 302, header: http.Header{"Location": {"https://example.com/?" + url.QueryEscape(all)}}},
		"half of it":            {body: `{` + tokens},
		"cut off":               {body: `{` + tokens, cut: true},
		"connection":            {fails: fmt.Errorf("malformed HTTP response %q", all)},
		"no expires_in":         {body: `{` + tokens + `}`},
		"odd expires_in":        {body: `{` + tokens + `,"expires_in":` + quoted + `}`},
		"odd type":              {body: `{` + tokens + `,"expires_in":3600,"token_type":` + quoted + `}`},
		"odd refresh token":     {body: `{"access_token":"a","expires_in":3600,"refresh_token":[` + quoted + `]}`},
		"odd access token":      {body: `{"access_token":` + quoted + `,"expires_in":3600}`},
		"odd models":            {body: `{"data":{"models":` + quoted + `}}`},
		"models and bad tokens": {body: `{"data":{"models":null},` + tokens + `}`},
	}
}

func TestConnectedAccountsSecretsAreNotTold(t *testing.T) {
	calls := maps.Clone(grants)
	calls["models"] = func(t testing.TB, app *matterport.OAuthApp) (*matterport.OAuthToken, error) {
		_, err := app.Models(t.Context(), accessBearer, matterport.ModelQuery{})
		return nil, err
	}
	sent := map[string][]string{
		"authorizationCode": {clientSecret, authCode, pkceVerifier},
		"refreshToken":      {clientSecret, refreshSecret},
		"models":            {clientSecret, accessBearer},
	}
	for op, secrets := range sent {
		for _, secret := range secrets {
			for name, bad := range oauthIndiscretions(secret) {
				t.Run(strings.Join([]string{op, url.PathEscape(secret), name}, "/"), func(t *testing.T) {
					mustKeepQuiet(t, bad, calls[op])
				})
			}
		}
	}
}

func TestTokensThatCameWithAnErrorAreNotTold(t *testing.T) {
	for _, secret := range []string{"hush-a", "hush+b/"} { // too short to be known by their looks
		quoted := strconv.Quote(everyForm(secret))
		bad := reply{status: 400, body: `{"error":"invalid_scope","error_description":` + quoted + `,"access_token":"hush-a","refresh_token":"hush+b/"}`}
		for op, grant := range grants {
			t.Run(op+"/"+url.PathEscape(secret), func(t *testing.T) { mustKeepQuiet(t, bad, grant) })
		}
	}
}

// mustKeepQuiet makes a call that fails, and looks for secrets in all that comes of it.
func mustKeepQuiet(t *testing.T, bad reply, call func(testing.TB, *matterport.OAuthApp) (*matterport.OAuthToken, error)) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		u := &upstream{token: func(int) reply { return bad }, graph: func(int, asked) reply { return bad }}
		app := newApp(t, u, func(cfg *matterport.OAuthConfig) {
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		_, err := call(t, app)
		_ = failure(t, err)
		mustNotTell(t, "error", printed(err)...)
		mustNotTell(t, "log", log.String())
		if !strings.Contains(log.String(), "matterport call failed") {
			t.Errorf("the failure is not logged: %s", log.String())
		}
	})
}

func TestGrantIsLoggedWithoutItsTokens(t *testing.T) {
	for op, want := range map[string]string{
		"authorizationCode": `msg="matterport access token granted" op=authorizationCode life=1h0m0s new_refresh_token=true`,
		"refreshToken":      `msg="matterport access token granted" op=refreshToken life=1h0m0s new_refresh_token=true`,
	} {
		var log bytes.Buffer
		u := &upstream{token: func(int) reply { return grantOf("3600") }}
		app := newApp(t, u, func(cfg *matterport.OAuthConfig) { cfg.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		if _, err := grants[op](t, app); err != nil {
			t.Fatal(err)
		}
		mustNotTell(t, "log", log.String())
		if !strings.Contains(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("log is %s; want one record with %s", log.String(), want)
		}
	}
}
