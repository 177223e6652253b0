package webhook_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/matterport"
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
			[]http.Header{bearer(secret), bearer(older), {"Authorization": {"Token " + secret}}, {"Authorization": {secret}}, {"Authorization": {"bearer  " + secret}}},
			[]http.Header{
				{},
				{"Authorization": {""}},
				{"Authorization": {"Bearer "}},
				bearer(wrong),
				bearer(secret[:len(secret)-1]),
				bearer(secret + "x"),
				bearer(secret + "," + secret),
				bearer("short"),
				{"Authorization": {"Bearer " + secret, "Bearer " + secret}},
				{"Authorization": {"Bearer " + wrong, "Bearer " + secret}},
				{"Authorization": {basic("pme", secret)}},
				{"Authorization": {"Digest " + secret}},
				{"X-Secret": {secret}},
				{"Proxy-Authorization": {"Bearer " + secret}},
				bearer(strings.Repeat("a", 100_000)),
			},
		},
		"basic": {
			webhook.Credential{User: "pme"},
			[]http.Header{{"Authorization": {basic("pme", secret)}}, {"Authorization": {basic("pme", older)}}, {"Authorization": {"basic" + strings.TrimPrefix(basic("pme", secret), "Basic")}}},
			[]http.Header{
				{},
				bearer(secret),
				{"Authorization": {basic("", secret)}},
				{"Authorization": {basic("pme:"+secret, "")}},
				{"Authorization": {basic("PME", secret)}},
				{"Authorization": {basic("pme", wrong)}},
				{"Authorization": {"Basic not base64 at all"}},
				{"Authorization": {basic("pme", secret), basic("pme", secret)}},
				{"Authorization": {secret}},
			},
		},
		"a header of its own": {
			webhook.Credential{Header: "x-webhook-secret"},
			[]http.Header{{"X-Webhook-Secret": {secret}}, {"X-Webhook-Secret": {older}, "Authorization": {"Bearer of a proxy"}}},
			[]http.Header{
				{},
				bearer(secret),
				{"X-Webhook-Secret": {wrong}},
				{"X-Webhook-Secret": {"Bearer " + secret}},
				{"X-Webhook-Secret": {secret, secret}},
				{"X-Webhook-Secret": {secret, wrong}},
				{"X-Webhook_secret": {secret}},
			},
		},
	} {
		t.Run(kind, func(t *testing.T) {
			change := func(cfg *webhook.Config) {
				tc.credential.Secrets = webhook.Fixed(secret, older)
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
		if w := s.send(bearer(secret), slow{}); w.Code != http.StatusBadRequest {
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
		r.Header = bearer(secret)
		s.hook.ServeHTTP(w, r)
		if w.Code != http.StatusRequestTimeout || time.Until(w.deadline) != 10*time.Second {
			t.Errorf("%d, %v", w.Code, time.Until(w.deadline))
		}
	})
}

func TestSecretsAreReadAgain(t *testing.T) {
	now := []matterport.Secret{older}
	panics := false
	change := func(cfg *webhook.Config) {
		cfg.Credential.Secrets = func() []matterport.Secret {
			if panics {
				panic(older)
			}
			return now
		}
	}
	at(t, change, func(s *site) {
		status := func(value string) int { return s.post(bearer(value), "").Code }
		if got := []int{status(older), status(secret)}; got[0] != 204 || got[1] != 401 {
			t.Errorf("%v before", got)
		}
		now = []matterport.Secret{secret, older}
		if got := []int{status(older), status(secret)}; got[0] != 204 || got[1] != 204 {
			t.Errorf("%v while both are accepted", got)
		}
		now = []matterport.Secret{secret}
		if got := []int{status(older), status(secret)}; got[0] != 401 || got[1] != 204 {
			t.Errorf("%v afterwards", got)
		}
		now = []matterport.Secret{"", "tiny"}
		if got := []int{status(""), status("tiny")}; got[0] != 401 || got[1] != 401 {
			t.Errorf("%v with secrets that are too short", got)
		}
		panics = true
		if got := status(secret); got != 401 {
			t.Errorf("%d if the function panics", got)
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
	_, err := webhook.New(webhook.Config{Credential: webhook.Credential{User: "a:b", Header: "X Y", Secrets: webhook.Fixed("tiny", "0123456789abcdef ", secret)}})
	for _, want := range []string{
		"Matterport is missing", "Tokens is missing", "both User and Header", "colon", "no name of a header", "Secrets[0] has 4 bytes", "openssl rand -hex 32", "Secrets[1] has a space",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "tiny") {
		t.Error("a secret is in the error")
	}
	for _, c := range []webhook.Credential{
		{},
		{Secrets: webhook.Fixed()},
		{Secrets: webhook.Fixed(""), User: "u"},
		{Secrets: webhook.Fixed(secret), Header: "authorization"},
		{Secrets: webhook.Fixed(secret), Header: "X-Ä"},
		{Secrets: webhook.Fixed("sixteen\nsixteen\nsixteen")},
	} {
		if _, err := webhook.New(webhook.Config{Credential: c}); err == nil || !strings.Contains(err.Error(), "Credential") {
			t.Errorf("%+v: %v", c.Header, err)
		}
	}
}
