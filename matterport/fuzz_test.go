package matterport_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport"
)

// FuzzAnswer lets upstream answer anything at all. Nothing may panic; the outcome is an error that
// tells none of the secrets the client knows, or a complete value.
func FuzzAnswer(f *testing.F) {
	for name, bad := range indiscretions() {
		if bad.delay == 0 && bad.fails == nil {
			f.Add(byte(len(name)), bad.status, bad.kind, "7", "Fri, 31 Dec 1999 00:00:00 GMT", bad.body)
		}
	}
	f.Add(byte(0), 200, "application/json", "", "", linkReply(time.Unix(1e9, 0)).body)
	f.Add(byte(1), 200, "application/json", "", "", strings.Replace(linkReply(time.Unix(1e9, 0)).body, "EmbedLink", "EmbedToken", 1))
	f.Add(byte(2), 200, "application/json", "", "", `{"data":{"deletePrivateModelEmbedToken":true}}`)
	f.Add(byte(3), 200, "application/json", "", "", listAnswer+"}")
	f.Add(byte(4), 200, "application/json", "", "", `{"data":{"model":{"id":"SxQL3iGyoDo"}}}`)
	f.Add(byte(5), 200, "application/json", "", "", newToken(1).body)
	f.Add(byte(6), 200, "application/json", "", "", placesAnswer+"}")
	f.Add(byte(7), 200, "application/json", "", "", `{"data":{"rootFolder":`+tree("r", 6)+`}}`)
	f.Add(byte(7), 200, "application/json", "", "", `{"data":{"rootFolder":{"id":"r","subfolders":{"results":[{"id":"a","name":"A","subfolders":{"results":[]}}]}}}}`)
	f.Add(byte(8), 200, "application/json", "", "", hookAdded)
	f.Add(byte(9), 200, "application/json", "", "", listOf(`{"id":"a","eventTypes":["deleted"],"callback":{"scheme":"https","host":"h.example","port":8443,"path":"x"}}`, "null").body)
	f.Add(byte(9), 200, "application/json", "", "", listOf(`{"id":"a"}`, `"again"`).body)
	for _, foreign := range gateways {
		f.Add(byte(0), foreign.status, foreign.kind, "", "Fri, 31 Dec 1999 00:00:00 GMT", foreign.body)
	}

	f.Fuzz(func(t *testing.T, target byte, status int, kind, retryAfter, date, body string) {
		r := reply{
			status: status, kind: kind, body: body,
			header: http.Header{"Retry-After": {retryAfter}, "Date": {date}},
		}
		u := &upstream{graph: func(int, asked) reply { return r }}
		if target%10 == 5 {
			u.token, u.graph = func(int) reply { return r }, nil
		}
		now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
		client := newClient(t, u, func(cfg *matterport.Config) {
			cfg.MaxAttempts = 1
			cfg.Now = func() time.Time { return now }
		})

		complete, err := fuzzedCall(t, client, target%10)
		if (err == nil) != complete {
			t.Fatalf("complete: %v, error: %v", complete, err)
		}
		if err == nil {
			return
		}
		secrets := []string{clientSecret}
		if target%10 != 5 {
			secrets = append(secrets, appBearer+"-1")
		}
		switch target % 10 {
		case 2:
			secrets = append(secrets, embedBearer)
		case 8:
			secrets = append(secrets, hookSecret)
		}
		e := failure(t, err)
		for _, text := range printed(err) {
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%q tells %q", text, secret)
				}
			}
		}
		if e.Err == nil || e.Op == "" || e.RetryAfter < 0 || len([]rune(e.Message)) > 400 || len([]rune(e.Code)) > 100 {
			t.Errorf("odd error %#v", e)
		}
	})
}

// fuzzedCall makes the call that a target stands for, and reports whether its value is complete.
func fuzzedCall(t *testing.T, client *matterport.Client, target byte) (complete bool, err error) {
	const validFor = time.Minute
	switch target {
	case 1:
		token, err := client.CreateEmbedToken(t.Context(), []string{modelID}, validFor)
		return token != nil && token.AccessToken != "" && token.Link == "" &&
			!token.ValidUntil.After(serverTime(client).Add(validFor)), err
	case 2:
		err := client.DeleteEmbedToken(t.Context(), embedBearer)
		return err == nil, err
	case 3:
		page, err := client.Models(t.Context(), matterport.ModelQuery{})
		if err != nil {
			return page != nil, err
		}
		for _, m := range page.Models {
			if m.ID == "" || (m.ThumbnailURL != "" && !strings.HasPrefix(strings.ToLower(m.ThumbnailURL), "https://")) {
				return false, nil
			}
		}
		return true, nil
	case 4:
		model, err := client.Model(t.Context(), modelID)
		return model != nil && model.ID == modelID, err
	case 6:
		page, err := client.Places(t.Context(), matterport.PlaceQuery{Folders: true})
		return page != nil && !slices.ContainsFunc(page.Places, func(p matterport.Place) bool { return p.ID == "" || slices.Contains(p.Folders, "") }), err
	case 7:
		folders, err := client.Folders(t.Context(), "")
		return len(folders) > 0 && folders[0].Parent == "" && !slices.ContainsFunc(folders[1:], func(f matterport.Folder) bool { return f.ID == "" || f.Parent == "" || len(f.Path) == 0 }), err
	case 8:
		id, err := client.AddWebhook(t.Context(), registration())
		return id != "", err
	case 9:
		list, err := client.Webhooks(t.Context())
		return !slices.ContainsFunc(list, func(w matterport.Webhook) bool {
			return w.ID == "" || w.URL != "" && !strings.HasPrefix(w.URL, "https://") && !strings.HasPrefix(w.URL, "http://")
		}) && err == nil, err
	default:
		token, err := client.CreateEmbedLink(t.Context(), modelID, validFor)
		return token != nil && token.AccessToken != "" && token.Link != "" &&
			!token.ValidUntil.After(serverTime(client).Add(validFor)), err
	}
}
