package matterporttest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// What a partner's application does to use an account in its owner's name: it sends the owner to the
// authorize page, redeems the code that comes back, and refreshes until the owner withdraws.
func ExampleServer_Allow() {
	emulator := matterporttest.New(matterporttest.Config{})
	server := httptest.NewServer(emulator)
	defer server.Close()

	const callback = "https://tours.example/connect/callback?attempt=1"
	authorize := server.URL + "/oauth/authorize?" + url.Values{
		"client_id":     {matterporttest.DefaultOAuthClientID},
		"response_type": {"code"},
		"redirect_uri":  {callback},
		"scope":         {"ViewDetails"},
	}.Encode()
	back, err := emulator.Allow(authorize, "") // in a browser: a click
	if err != nil {
		panic(err)
	}
	sentTo, err := url.Parse(back)
	if err != nil {
		panic(err)
	}

	type tokens struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		ExpiresIn    int    `json:"expires_in"`
		Error        string `json:"error"`
	}
	post := func(form url.Values) (t tokens) {
		form.Set("client_id", matterporttest.DefaultOAuthClientID)
		form.Set("client_secret", matterporttest.DefaultOAuthClientSecret)
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/api/oauth/token", strings.NewReader(form.Encode()))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := server.Client().Do(req)
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
			panic(err)
		}
		return t
	}

	first := post(url.Values{
		"grant_type":   {"authorization_code"},
		"code":         {sentTo.Query().Get("code")},
		"redirect_uri": {callback},
		"scope":        {"ViewDetails"},
		"expires_in":   {"15m"},
	})
	fmt.Println("connected for", first.ExpiresIn, "seconds")

	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}
	fmt.Println("another refresh token today:", post(refresh).RefreshToken != "")
	emulator.SkewClock(25 * time.Hour)
	fmt.Println("tomorrow:", post(refresh).RefreshToken != "")

	emulator.RevokeGrants(emulator.Grants()[0].Account)
	fmt.Println("withdrawn:", post(refresh).Error)

	// Output:
	// connected for 900 seconds
	// another refresh token today: false
	// tomorrow: true
	// withdrawn: invalid_grant
}
