package matterport_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func TestGrantsSendWhatMatterportAsksFor(t *testing.T) {
	credentials := func(more url.Values) url.Values {
		more.Set("client_id", "client-id")
		more.Set("client_secret", clientSecret)
		return more
	}
	exchange := func() url.Values {
		return credentials(url.Values{
			"grant_type": {"authorization_code"}, "code": {authCode}, "code_verifier": {pkceVerifier},
			"redirect_uri": {"https://intranet.example.com/pme/connect/callback?attempt=ATTEMPT"},
			"scope":        {"ViewDetails DownloadAssets"},
		})
	}
	refresh := func() url.Values {
		return credentials(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshSecret}})
	}
	with := func(form url.Values, life string) url.Values {
		form.Set("expires_in", life)
		return form
	}
	for name, tc := range map[string]struct {
		life              time.Duration
		exchange, refresh url.Values
	}{
		"the application's life": {0, exchange(), refresh()},
		"minutes":                {15 * time.Minute, with(exchange(), "15m"), with(refresh(), "15m")},
		"hours":                  {24 * time.Hour, with(exchange(), "1440m"), with(refresh(), "1440m")},
		"seconds":                {150 * time.Second, with(exchange(), "150s"), with(refresh(), "150s")},
	} {
		for op, want := range map[string]url.Values{"authorizationCode": tc.exchange, "refreshToken": tc.refresh} {
			t.Run(name+"/"+op, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return grantOf("3600") }}
				app := newApp(t, u, func(cfg *matterport.OAuthConfig) { cfg.AccessTokenLife = tc.life })
				if _, err := grants[op](t, app); err != nil {
					t.Fatal(err)
				}
				u.tokens[0].at = time.Time{}
				if diff := cmp.Diff([]asked{{form: want}}, u.tokens, cmp.AllowUnexported(asked{})); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestGrantIsAFormAndNeverBasic(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _, basic := r.BasicAuth()
		if basic || r.Method != http.MethodPost || r.URL.String() != "/api/oauth/token" || r.PostFormValue("client_secret") != clientSecret {
			t.Errorf("%s %s, Basic %v, form %v", r.Method, r.URL, basic, r.PostForm)
		}
		_, _ = io.WriteString(w, grantOf("3600").body)
	}))
	defer server.Close()
	app := newApp(t, nil, func(cfg *matterport.OAuthConfig) { cfg.BaseURL, cfg.HTTPClient = server.URL, nil })
	for name, grant := range grants {
		if _, err := grant(t, app); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGrantIsReadInEveryPlausibleForm(t *testing.T) {
	const tokens = `"access_token":"a","refresh_token":"r"`
	for name, tc := range map[string]struct {
		reply reply
		asked time.Duration
		want  time.Duration
	}{
		"as documented":          {grantOf("3600"), 0, time.Hour},
		"as text":                {reply{body: `{` + tokens + `,"token_type":"bearer","expires_in":"3600"}`}, 0, time.Hour},
		"fractions":              {reply{body: `{` + tokens + `,"expires_in":3599.9}`}, 0, 3599 * time.Second},
		"exponent":               {reply{body: `{` + tokens + `,"expires_in":36e2}`}, 0, time.Hour},
		"shorter than asked":     {grantOf("600"), time.Hour, 10 * time.Minute},
		"very long":              {grantOf("1e300"), 0, 24 * time.Hour},
		"beyond all numbers":     {grantOf("1e999"), 0, 24 * time.Hour},
		"absent, but asked for":  {reply{body: `{` + tokens + `}`}, time.Hour, time.Hour},
		"null, but asked for":    {grantOf("null"), time.Hour, time.Hour},
		"zero, but asked for":    {grantOf("0"), time.Hour, time.Hour},
		"another content type":   {reply{kind: "text/plain", body: `{` + tokens + `,"token_type":null,"expires_in":3600}`}, 0, time.Hour},
		"success by its status":  {reply{status: 201, body: grantOf("3600").body}, 0, time.Hour},
		"empty errors beside it": {reply{body: `{` + tokens + `,"expires_in":3600,"error":null,"errors":[]}`}, 0, time.Hour},
	} {
		for op, grant := range grants {
			t.Run(name+"/"+op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					u := &upstream{clock: time.Now, token: func(int) reply { r := tc.reply; r.delay = 3 * time.Second; return r }}
					start := time.Now()
					token, err := grant(t, newApp(t, u, func(cfg *matterport.OAuthConfig) { cfg.AccessTokenLife = tc.asked }))
					if err != nil {
						t.Fatal(err)
					}
					if life := token.ValidUntil.Sub(start); life != tc.want || token.ValidUntil.Location() != time.UTC {
						t.Errorf("valid for %v from the request on, in %v; want %v in UTC", life, token.ValidUntil.Location(), tc.want)
					}
					if token.Life != tc.want {
						t.Errorf("Life is %v, want %v", token.Life, tc.want)
					}
					if token.AccessToken == "" || token.RefreshToken == "" {
						t.Errorf("tokens are missing: %v", token)
					}
				})
			})
		}
	}
}

// The server's clock is hours ahead, its answer takes a while, and so does reading it.
func TestEndOfAccessTokenIsByMatterportsClock(t *testing.T) {
	for op, grant := range grants {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{clock: func() time.Time { return time.Now().Add(5 * time.Hour) }}
				u.token = func(int) reply { r := grantOf("3600"); r.delay = 2 * time.Second; return r }
				app := newApp(t, u)
				token, err := grant(t, app)
				if err != nil {
					t.Fatal(err)
				}
				if end := time.Now().Add(5*time.Hour - 2*time.Second + time.Hour); !token.ValidUntil.Equal(end) {
					t.Errorf("ends at %v; want %v, an hour after the request was made", token.ValidUntil, end)
				}
			})
		})
	}
}

func TestNewRefreshTokenIsToldFromTheOneThatWasUsed(t *testing.T) {
	for name, tc := range map[string]struct {
		field string
		want  matterport.Secret
	}{
		"a new one": {`,"refresh_token":"hush-new one"`, "hush-new one"},
		"the same":  {`,"refresh_token":"` + refreshSecret + `"`, ""},
		"none":      {``, ""},
		"null":      {`,"refresh_token":null`, ""},
		"empty":     {`,"refresh_token":""`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{token: func(int) reply { return reply{body: `{"access_token":"a","expires_in":3600` + tc.field + `}`} }}
			token, err := newApp(t, u).Refresh(t.Context(), refreshSecret)
			if err != nil || token.RefreshToken != tc.want {
				t.Errorf("got %q, %v; want %q", string(token.RefreshToken), err, string(tc.want))
			}
		})
	}
}

func TestUselessGrantsAreMalformed(t *testing.T) {
	bodies := map[string]string{
		"no token":              `{"token_type":"Bearer","expires_in":3600,"refresh_token":"hush"}`,
		"null token":            `{"access_token":null,"expires_in":3600,"refresh_token":"hush"}`,
		"token of another kind": `{"access_token":7,"expires_in":3600,"refresh_token":"hush"}`,
		"empty token":           `{"access_token":"","expires_in":3600,"refresh_token":"hush"}`,
		"space in it":           `{"access_token":"hush hush","expires_in":3600,"refresh_token":"hush"}`,
		"line in it":            `{"access_token":"hush\r\nX: hush","expires_in":3600,"refresh_token":"hush"}`,
		"foreign letter in it":  `{"access_token":"hush\u00e9","expires_in":3600,"refresh_token":"hush"}`,
		"another type":          `{"access_token":"hush","token_type":"mac","expires_in":3600,"refresh_token":"hush"}`,
		"type of another kind":  `{"access_token":"hush","token_type":["Bearer"],"expires_in":3600,"refresh_token":"hush"}`,
		"no expires_in":         `{"access_token":"hush","refresh_token":"hush"}`,
		"expires_in null":       `{"access_token":"hush","expires_in":null,"refresh_token":"hush"}`,
		"expires_in zero":       `{"access_token":"hush","expires_in":0,"refresh_token":"hush"}`,
		"expires_in half":       `{"access_token":"hush","expires_in":0.5,"refresh_token":"hush"}`,
		"expires_in negative":   `{"access_token":"hush","expires_in":-3600,"refresh_token":"hush"}`,
		"expires_in a word":     `{"access_token":"hush","expires_in":"hush","refresh_token":"hush"}`,
		"expires_in infinite":   `{"access_token":"hush","expires_in":"Inf","refresh_token":"hush"}`,
		"expires_in no number":  `{"access_token":"hush","expires_in":"NaN","refresh_token":"hush"}`,
		"expires_in empty":      `{"access_token":"hush","expires_in":"","refresh_token":"hush"}`,
		"expires_in a list":     `{"access_token":"hush","expires_in":[3600],"refresh_token":"hush"}`,
		"refresh of other kind": `{"access_token":"hush","expires_in":3600,"refresh_token":{"hush":1}}`,
		"line in refresh":       `{"access_token":"hush","expires_in":3600,"refresh_token":"hush\nhush"}`,
		"a form":                `access_token=hush&expires_in=3600&refresh_token=hush`,
		"GraphQL":               `{"data":{"access_token":"hush"}}`,
		"a list":                `[{"access_token":"hush","expires_in":3600,"refresh_token":"hush"}]`,
		"half of it":            `{"access_token":"hush","expires_in":3600,"refresh_token":"hu`,
		"nothing":               ``,
		"HTML":                  `<html>hush`,
		"too long":              `{"access_token":"hush","expires_in":3600,"refresh_token":"hush","x":"` + strings.Repeat("x", 1<<20) + `"}`,
	}
	for name, body := range bodies {
		for op, grant := range grants {
			t.Run(name+"/"+op, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return reply{body: body} }}
				token, err := grant(t, newApp(t, u))
				if token != nil || !errors.Is(err, matterport.ErrMalformed) {
					t.Fatalf("got %v, %v; want ErrMalformed", token, err)
				}
				if e := failure(t, err); e.Op != op || e.Status != 200 || e.Message == "" {
					t.Errorf("Op %q, Status %d, Message %q", e.Op, e.Status, e.Message)
				}
				mustNotTell(t, "error", printed(err)...)
				if tokens, _ := u.counts(); tokens != 1 {
					t.Errorf("%d requests; want 1", tokens)
				}
			})
		}
	}
}

func TestExpiresInThatIsNoNumberIsNotReplacedByWhatWasAskedFor(t *testing.T) {
	for op, grant := range grants {
		u := &upstream{token: func(int) reply { return grantOf(`"soon"`) }}
		token, err := grant(t, newApp(t, u, func(cfg *matterport.OAuthConfig) { cfg.AccessTokenLife = time.Hour }))
		if token != nil || !errors.Is(err, matterport.ErrMalformed) {
			t.Errorf("%s: %v, %v", op, token, err)
		}
	}
}

func TestExchangeWithoutARefreshTokenBringsNothingToKeep(t *testing.T) {
	for _, field := range []string{``, `,"refresh_token":null`, `,"refresh_token":""`} {
		u := &upstream{token: func(int) reply { return reply{body: `{"access_token":"a","expires_in":3600` + field + `}`} }}
		token, err := grants["authorizationCode"](t, newApp(t, u))
		if token != nil || !errors.Is(err, matterport.ErrMalformed) || !strings.Contains(err.Error(), "no refresh_token") {
			t.Errorf("%q: %v, %v", field, token, err)
		}
	}
}

func TestArgumentsThatCannotBeRightCostNoRequest(t *testing.T) {
	app := newApp(t, &upstream{token: func(int) reply { t.Error("something was sent"); return reply{} }})
	exchange := func(attempt, code, verifier string) error {
		token, err := app.Exchange(t.Context(), attempt, code, verifier)
		if token != nil {
			t.Error("a token came of it")
		}
		return err
	}
	refreshed, noRefresh := app.Refresh(t.Context(), "")
	for name, err := range map[string]error{
		"no attempt":       exchange("", authCode, pkceVerifier),
		"no code":          exchange("ATTEMPT", "", pkceVerifier),
		"long code":        exchange("ATTEMPT", strings.Repeat("hush.", 4096/5)+"xx", pkceVerifier),
		"line in code":     exchange("ATTEMPT", "hush\n", pkceVerifier),
		"control in code":  exchange("ATTEMPT", "hush\x1f", pkceVerifier),
		"letter in code":   exchange("ATTEMPT", "hush\u00e9", pkceVerifier),
		"DEL in code":      exchange("ATTEMPT", "hush\x7f", pkceVerifier),
		"no verifier":      exchange("ATTEMPT", authCode, ""),
		"short verifier":   exchange("ATTEMPT", authCode, strings.Repeat("h", 42)),
		"long verifier":    exchange("ATTEMPT", authCode, strings.Repeat("h", 129)),
		"no refresh token": noRefresh,
	} {
		if !errors.Is(err, matterport.ErrInvalid) || refreshed != nil {
			t.Errorf("%s: %v; want ErrInvalid", name, err)
			continue
		}
		if e := failure(t, err); e.Status != 0 || e.Message == "" {
			t.Errorf("%s: %#v", name, e)
		}
		mustNotTell(t, name, printed(err)...)
	}
}

func TestLongestCodeAndEveryLengthOfVerifierAreTaken(t *testing.T) {
	app := newApp(t, &upstream{token: func(int) reply { return grantOf("3600") }})
	for _, length := range []int{43, 128} {
		if _, err := app.Exchange(t.Context(), "ATTEMPT", strings.Repeat("~", 4096), strings.Repeat("v", length)); err != nil {
			t.Error(err)
		}
	}
}

func TestTokenPrintsWithoutItsSecrets(t *testing.T) {
	u := &upstream{token: func(int) reply { return grantOf("3600") }}
	for op, grant := range grants {
		token, err := grant(t, newApp(t, u))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(token.AccessToken) + " " + string(token.RefreshToken); got != accessBearer+" "+refreshSecret+"2" {
			t.Errorf("%s: tokens are %q", op, got)
		}
		asJSON, err := json.Marshal(token)
		if err != nil {
			t.Fatal(err)
		}
		mustNotTell(t, "token", fmt.Sprintf("%v|%+v|%#v|%q|%s", token, token, token, *token, *token), string(asJSON))
	}
}
