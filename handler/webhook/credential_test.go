package webhook_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/secret"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestCredentialIsAsked(t *testing.T) {
	const wrong = "not-the-secret-at-all"
	for kind, tc := range map[string]struct {
		credential        webhook.Credential
		accepted, refused []http.Header
	}{
		"a token": {
			webhook.Credential{},
			[]http.Header{bearer(current), bearer(older), {"Authorization": {"Token " + current}}, {"Authorization": {current}}, {"Authorization": {"bearer  " + current}}},
			[]http.Header{
				{},
				{"Authorization": {""}},
				{"Authorization": {"Bearer "}},
				bearer(wrong),
				bearer(current[:len(current)-1]),
				bearer(current + "x"),
				bearer(current + "," + current),
				bearer("short"),
				{"Authorization": {"Bearer " + current, "Bearer " + current}},
				{"Authorization": {"Bearer " + wrong, "Bearer " + current}},
				{"Authorization": {basic("pme", current)}},
				{"Authorization": {"Digest " + current}},
				{"X-Secret": {current}},
				{"Proxy-Authorization": {"Bearer " + current}},
				bearer(strings.Repeat("a", 100_000)),
			},
		},
		"basic": {
			webhook.Credential{User: "pme"},
			[]http.Header{{"Authorization": {basic("pme", current)}}, {"Authorization": {basic("pme", older)}}, {"Authorization": {"basic" + strings.TrimPrefix(basic("pme", current), "Basic")}}},
			[]http.Header{
				{},
				bearer(current),
				{"Authorization": {basic("", current)}},
				{"Authorization": {basic("pme:"+current, "")}},
				{"Authorization": {basic("PME", current)}},
				{"Authorization": {basic("pme", wrong)}},
				{"Authorization": {"Basic not base64 at all"}},
				{"Authorization": {basic("pme", current), basic("pme", current)}},
				{"Authorization": {current}},
			},
		},
		"a header of its own": {
			webhook.Credential{Header: "x-webhook-secret"},
			[]http.Header{{"X-Webhook-Secret": {current}}, {"X-Webhook-Secret": {older}, "Authorization": {"Bearer of a proxy"}}},
			[]http.Header{
				{},
				bearer(current),
				{"X-Webhook-Secret": {wrong}},
				{"X-Webhook-Secret": {"Bearer " + current}},
				{"X-Webhook-Secret": {current, current}},
				{"X-Webhook-Secret": {current, wrong}},
				{"X-Webhook_secret": {current}},
			},
		},
	} {
		t.Run(kind, func(t *testing.T) {
			change := func(cfg *webhook.Config) {
				tc.credential.Secrets = secret.Fixed(current, older)
				cfg.Credential = tc.credential
			}
			at(t, change, func(s *site) {
				s.open("alice", office)
				s.matterport.RemoveModel(office)
				var same string
				for i, header := range tc.refused {
					w := s.post(header, body("deleted", office))
					answer := fmt.Sprint(w.Code, w.Header(), w.Body)
					if same == "" {
						same = answer
					}
					if w.Code != http.StatusUnauthorized || answer != same {
						t.Errorf("refused[%d]: %s, want %s", i, answer, same)
					}
				}
				s.pass(lookedAt)
				s.wantLooks(0)
				for i, header := range tc.accepted {
					if w := s.post(header, body("deleted", office)); w.Code != http.StatusNoContent {
						t.Errorf("accepted[%d]: %d", i, w.Code)
					}
				}
				s.pass(lookedAt)
				s.wantLooks(1)
			})
		})
	}
}

func TestBodyIsNotReadWithoutTheCredential(t *testing.T) {
	at(t, nil, func(s *site) {
		if w := s.send(nil, slow{}); w.Code != http.StatusUnauthorized {
			t.Errorf("%d", w.Code)
		}
		if w := s.send(bearer(current), slow{}); w.Code != http.StatusBadRequest {
			t.Errorf("%d for a body that breaks off", w.Code)
		}
	})
}

// patient is a writer that can set a deadline, and a body that meets it.
type patient struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (p *patient) SetReadDeadline(t time.Time) error {
	p.deadline = t
	return nil
}

func (p *patient) Read([]byte) (int, error) {
	if p.deadline.IsZero() {
		return 0, io.EOF
	}
	return 0, os.ErrDeadlineExceeded
}

func TestBodyHasTenSecondsToArrive(t *testing.T) {
	at(t, nil, func(s *site) {
		w := &patient{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequest(http.MethodPost, "/", w)
		r.Header = bearer(current)
		s.hook.ServeHTTP(w, r)
		if w.Code != http.StatusRequestTimeout || time.Until(w.deadline) != 10*time.Second {
			t.Errorf("%d, %v", w.Code, time.Until(w.deadline))
		}
	})
}

func TestSecretsAreReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "webhook")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(older)
	source, err := secret.File(file)
	if err != nil {
		t.Fatal(err)
	}
	at(t, func(cfg *webhook.Config) { cfg.Credential.Secrets = source }, func(s *site) {
		for _, step := range []struct {
			content    string
			old, after int
			changed    bool
		}{
			{older, 204, 401, false},
			{current + "\n" + older, 204, 204, true},
			{"tiny", 204, 204, false}, // the last good ones stay in force
			{"", 204, 204, false},
			{current, 401, 204, true},
		} {
			write(step.content)
			source.Look(context.Background())
			if got := [2]int{s.post(bearer(older), "").Code, s.post(bearer(current), "").Code}; got != [2]int{step.old, step.after} {
				t.Errorf("%q: %v", step.content, got)
			}
			synctest.Wait()
			if n := len(s.of(event.SecretChanged)); step.changed && n == 0 {
				t.Errorf("%q: no event says that the secret was changed", step.content)
			}
		}
		if len(s.of(event.SecretRejected)) == 0 {
			t.Error("no event says that a secret was rejected")
		}
	})
}

func TestForgeriesAreReportedByOneEventAndACount(t *testing.T) {
	at(t, nil, func(s *site) {
		for range 1000 {
			s.post(bearer("not-the-secret"), body("deleted", office))
		}
		refused := s.of(event.WebhookRefused)
		if len(refused) != 1 || refused[0].Reason != "credential" || refused[0].Request.Client != "192.0.2.1" || refused[0].Level.String() != "WARN" {
			t.Fatalf("%+v", refused)
		}
		s.pass(summarized)
		refused = s.of(event.WebhookRefused)
		if len(refused) != 2 || refused[1].Count != 999 {
			t.Fatalf("%+v", refused)
		}
		s.post(nil, "")
		_ = s.hook.Close()
		refused = s.of(event.WebhookRefused)
		if len(refused) != 3 || refused[2].Count != 1 {
			t.Errorf("%+v after Close", refused)
		}
	})
}

func TestConfigReportsAllProblems(t *testing.T) {
	_, err := webhook.New(webhook.Config{Credential: webhook.Credential{User: "a:b", Header: "X Y", Secrets: secret.Fixed("tiny", current)}})
	for _, want := range []string{
		"Matterport is missing", "Tokens is missing", "both User and Header", "colon", "no name of a header", "has 4 bytes", "openssl rand -hex 32",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "tiny") {
		t.Error("a current is in the error")
	}
	for _, c := range []webhook.Credential{
		{},
		{Secrets: secret.Fixed()},
		{Secrets: secret.Fixed(""), User: "u"},
		{Secrets: secret.Fixed(current), Header: "authorization"},
		{Secrets: secret.Fixed(current), Header: "X-Ä"},
		{Secrets: secret.Fixed("sixteen\nsixteen\nsixteen")},
	} {
		if _, err := webhook.New(webhook.Config{Credential: c}); err == nil || !strings.Contains(err.Error(), "Credential") {
			t.Errorf("%+v: %v", c.Header, err)
		}
	}
}
