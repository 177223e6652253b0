package matterporttest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// What a client does, by hand: an application token, a link to embed, and its revocation.
func Example() {
	emulator := matterporttest.New(matterporttest.Config{})
	server := httptest.NewServer(emulator)
	defer server.Close()

	post := func(path, contentType, bearer, body string, into any) {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+path, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Authorization", bearer)
		resp, err := server.Client().Do(req)
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			panic(err)
		}
	}

	// A test of a real client would only set its base URL to server.URL.
	var app struct {
		AccessToken string `json:"access_token"`
	}
	post("/api/oauth/token", "application/x-www-form-urlencoded", "",
		"grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret", &app)

	mutate := func(query string, variables map[string]string, into any) {
		variables["id"], variables["secret"] = matterporttest.DefaultClientID, matterporttest.DefaultClientSecret
		body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
		if err != nil {
			panic(err)
		}
		post("/api/models/graph", "application/json", "Bearer "+app.AccessToken, string(body), into)
	}

	var created struct {
		Data struct {
			CreatePrivateModelEmbedLink struct{ AccessToken, Link string }
		}
	}
	mutate(`mutation ($model: ID!, $id: String!, $secret: String!) {
	  createPrivateModelEmbedLink(modelId: $model, clientId: $id, clientSecret: $secret, validFor: "10m") { accessToken link }
	}`, map[string]string{"model": "SxQL3iGyoDo"}, &created)
	embed := created.Data.CreatePrivateModelEmbedLink
	fmt.Println("live:", emulator.Live(embed.AccessToken))
	fmt.Println("link:", embed.Link == server.URL+"/show?m=SxQL3iGyoDo&auth=Bearer+"+embed.AccessToken)

	var deleted struct {
		Data struct{ DeletePrivateModelEmbedToken bool }
	}
	mutate(`mutation ($token: String!, $id: String!, $secret: String!) {
	  deletePrivateModelEmbedToken(accessToken: $token, clientId: $id, clientSecret: $secret)
	}`, map[string]string{"token": embed.AccessToken}, &deleted)
	fmt.Println("deleted:", deleted.Data.DeletePrivateModelEmbedToken, emulator.Deleted(embed.AccessToken))

	// Output:
	// live: true
	// link: true
	// deleted: true true
}

// What goes wrong at Matterport, once.
func ExampleServer_Fail() {
	emulator := matterporttest.New(matterporttest.Config{})
	emulator.Fail("token", matterporttest.Status(http.StatusTooManyRequests, "30"), 1)

	w := httptest.NewRecorder()
	emulator.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/oauth/token", nil))
	fmt.Println(w.Code, w.Header().Get("Retry-After"), emulator.Calls("token"))
	// Output: 429 30 1
}
