package webhook_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/secret"
)

// Events of version 1 as they are documented.
var version1 = []string{
	`{"type":"uploaded","modelId":"SxQL3iGyoDo","timestamp":1663595798725,"internalId":"internal id","createdBy":"test@test.com","data":{}}`,
	`{"type":"deleted","modelId":"SxQL3iGyoDo","timestamp":1663595798725,"internalId":"","createdBy":"test@test.com","data":{}}`,
	`{"type":"bundle_completed","modelId":"SxQL3iGyoDo","timestamp":1663595798725}`,
	`{"type":"deleted","modelId":"SxQL3iGyoDo","version":1}`,
	`{"type":"deleted","modelId":"SxQL3iGyoDo","version":"1"}`,
	`{"type":"deleted"}`,
	`{"modelId":"SxQL3iGyoDo"}`,
}

func TestEventsOfVersion1AreRefusedWithAdvice(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		s.matterport.RemoveModel(office)
		for range 20 {
			for _, content := range version1 {
				if w := s.post(bearer(current), content); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "version: 2") {
					t.Fatalf("%s: %d %s", content, w.Code, w.Body)
				}
			}
		}
		if refused := s.of(event.WebhookRefused); len(refused) != 1 || refused[0].Reason != "version_1" || !strings.Contains(refused[0].Detail, "version: 2") {
			t.Errorf("%+v", refused)
		}
		s.pass(lookedAt)
		s.wantLooks(0)
		s.wantLive(token, true)
	})
}

func TestFirstVersionOfAModelIsNoEventOfVersion1(t *testing.T) {
	for _, version := range []string{"1", `"1"`} {
		at(t, nil, func(s *site) {
			token := s.open("alice", office)
			s.matterport.RemoveModel(office)
			content := `{"modelId":"` + office + `","version":` + version + `,"webhookId":"887n9rwrdxytnttms0t1h02mc","type":"deleted","body":{}}`
			if w := s.post(bearer(current), content); w.Code != http.StatusNoContent {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			s.pass(lookedAt)
			s.wantLive(token, false)
		})
	}
}

func TestWhatIsNoEventIsRefusedOrHarmless(t *testing.T) {
	answers := map[string]int{
		"":                               204, // a ping may look like anything
		" \n":                            204,
		"{}":                             204,
		`{"webhookId":"x"}`:              204,
		`{"type":"ping"}`:                204,
		`{"type":"Ping","version":2}`:    204,
		`{"version":2}`:                  204,
		`{"version":2,"modelId":null}`:   204,
		`{"version":2,"type":"deleted"}`: 204,
		`{"version":2,"modelId":"0ehmdabhd31ra7pyai5igb9sb"}`: 204, // a view
		body("visibilty_changed", office):                     204, // misspelt, as at Matterport
		`{"version":2.0,"modelId":"SxQL3iGyoDo"}`:             204,
		`{"version":"2","modelId":"SxQL3iGyoDo","type":7}`:    204,
		`{"version":3,"modelId":"SxQL3iGyoDo","type":{}}`:     204,
		`{"version":2,"modelId":7}`:                           400,
		`{"version":2,"modelId":["SxQL3iGyoDo"]}`:             400,
		`{"version":2,"modelId":""}`:                          204,
		`{"version":2,"modelId":"*"}`:                         400,
		`{"version":2,"modelId":"SxQL3iGyoDo "}`:              400,
		`{"version":2,"modelId":"SxQL3iGyoDo,yyHDFKzPzvN"}`:   400,
		`{"version":2,"modelId":"SxQL3iGyoDo","modelId":"x"}`: 400,
		`{"version":2,"version":2}`:                           400,
		`{"version":2,"\u0076ersion":2}`:                      400,
		`[{"version":2}]`:                                     400,
		`{"version":2}{}`:                                     400,
		`{"version":2`:                                        400,
		`{"version":2}]`:                                      400,
		"null":                                                400,
		"\xff\xfe":                                            400,
		"<html>":                                              400,
		"modelId=SxQL3iGyoDo":                                 400,
		`{"a":` + strings.Repeat("[", 30_000):                 400,
		`{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}": 400,
		`{"a":"` + strings.Repeat("a", 65_528) + `"}`:                             204,
		`{"a":"` + strings.Repeat("a", 65_529) + `"}`:                             413,
		`{"a":"` + strings.Repeat("a", 60_000) + `"}`:                             204,
	}
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		for content, want := range answers {
			if w := s.post(bearer(current), content); w.Code != want {
				t.Errorf("%.80q: %d %s, want %d", content, w.Code, w.Body, want)
			}
		}
		s.pass(time.Minute)
		s.wantLive(token, true)
	})
}

func TestRequestsOfAnotherKindAreRefused(t *testing.T) {
	at(t, nil, func(s *site) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodOptions, "WEIRD"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(method, "/", strings.NewReader(body("deleted", office)))
			r.Header = bearer(current)
			s.hook.ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
				t.Errorf("%s: %d %v", method, w.Code, w.Header())
			}
		}
		for kind, want := range map[string]int{
			"application/json; charset=utf-8": 204, "application/cloudevents+json": 204, "text/plain": 415, "application/x-www-form-urlencoded": 415, ";;": 415,
		} {
			header := bearer(current)
			header.Set("Content-Type", kind)
			if w := s.post(header, body("deleted", office)); w.Code != want {
				t.Errorf("%s: %d, want %d", kind, w.Code, want)
			}
		}
	})
}

func TestReceivedEventsAreTold(t *testing.T) {
	at(t, nil, func(s *site) {
		s.event("deleted", office)
		s.event("something\nnew", office)
		s.post(bearer(current), "{}")
		got := s.of(event.WebhookReceived)
		if len(got) != 3 || got[0].Reason != "deleted" || len(got[0].Models) != 1 || got[0].Models[0] != office || got[0].Request.Path != "/events" ||
			got[1].Reason != "unknown" || got[2].Reason != "ping" || got[2].Models != nil {
			t.Errorf("%+v", got)
		}
	})
}

// shown is a Matterport that shows every model, and tokens for one of them.
type shown struct{ revoked atomic.Int64 }

func (*shown) ModelState(context.Context, string) (matterport.ModelState, error) {
	return matterport.ModelActive, nil
}

func (*shown) LiveModels(context.Context) (map[string]int, error) {
	return map[string]int{office: 1}, nil
}

func (o *shown) Revoke(context.Context, store.Selector) (issuer.Revocation, error) {
	o.revoked.Add(1)
	return issuer.Revocation{}, nil
}

func FuzzBody(f *testing.F) {
	for _, content := range append(version1, "", "{}", body("deleted", office), `{"version":2,"modelId":"*"}`, `{"a":1,"a":2}`) {
		f.Add(content)
	}
	all := new(shown)
	hook := must(webhook.New(webhook.Config{
		Credential: webhook.Credential{Secrets: secret.Fixed(current)}, Matterport: all, Tokens: all, Logger: slog.New(slog.DiscardHandler),
	}))
	f.Cleanup(func() { _ = hook.Close() })
	f.Fuzz(func(t *testing.T, content string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(content))
		r.Header = bearer(current)
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusNoContent, http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if all.revoked.Load() != 0 {
			t.Error("tokens of a model that is shown were revoked")
		}
	})
}
