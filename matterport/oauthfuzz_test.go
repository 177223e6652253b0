package matterport_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport"
)

// FuzzGrant lets the token endpoint answer anything at all. Nothing may panic; the outcome is an error
// that tells none of the secrets that were sent, or a token that can be used.
func FuzzGrant(f *testing.F) {
	const may4 = "Mon, 04 May 2026 03:02:01 GMT"
	for _, refresh := range []bool{false, true} {
		for _, secret := range []string{clientSecret, authCode, refreshSecret} {
			for _, bad := range oauthIndiscretions(secret) {
				if bad.fails == nil {
					f.Add(refresh, bad.status, bad.kind, "7", may4, bad.body)
				}
			}
		}
		f.Add(refresh, 200, "application/json", "", may4, grantOf("3600").body)
		f.Add(refresh, 200, "application/json", "", "", grantOf("3600").body)
		f.Add(refresh, 200, "application/json", "", "Fri, 31 Dec 1999 00:00:00 GMT", grantOf("3600").body)
		f.Add(refresh, 200, "application/json", "", "Fri, 31 Dec 9999 23:59:59 GMT", grantOf("3600").body)
		f.Add(refresh, 200, "application/json", "", may4, grantOf(`"86400"`).body)
		f.Add(refresh, 200, "application/json", "", may4, `{"access_token":"a","expires_in":1e2,"scope":["A","B,C"]}`)
	}
	f.Fuzz(func(t *testing.T, refresh bool, status int, kind, retryAfter, date, body string) {
		u := &upstream{token: func(int) reply {
			return reply{
				status: status, kind: kind, body: body,
				header: http.Header{"Retry-After": {retryAfter}, "Date": {date}},
			}
		}}
		now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
		app := newApp(t, u, func(cfg *matterport.OAuthConfig) {
			cfg.MaxAttempts = 1
			cfg.Now = func() time.Time { return now }
		})
		op, secrets := "authorizationCode", []string{clientSecret, authCode, pkceVerifier}
		if refresh {
			op, secrets = "refreshToken", []string{clientSecret, refreshSecret}
		}
		token, err := grants[op](t, app)
		if (err == nil) == (token == nil) {
			t.Fatalf("both or neither: %v, %v", token, err)
		}
		if err == nil {
			now, known := app.ServerTime()
			left := token.ValidUntil.Sub(now)
			if known == token.ValidUntil.IsZero() || token.Life < time.Second || token.Life > 24*time.Hour || left > token.Life || strings.Trim(string(token.AccessToken), "\r\n ") == "" ||
				(!refresh && token.RefreshToken == "") || (refresh && string(token.RefreshToken) == refreshSecret) {
				t.Errorf("odd token: %#v", *token)
			}
			return
		}
		e := failure(t, err)
		for _, text := range printed(err) {
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%q tells %q", text, secret)
				}
			}
		}
		if e.Err == nil || e.Op != op || e.RetryAfter < 0 || len([]rune(e.Message)) > 400 || len([]rune(e.Code)) > 100 {
			t.Errorf("odd error %#v", e)
		}
	})
}
