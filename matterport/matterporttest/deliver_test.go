package matterporttest_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// receiver is what webhooks are sent to, without a network.
type receiver struct {
	answer func(*http.Request) (*http.Response, error)

	mu       sync.Mutex
	requests []*http.Request
	bodies   []map[string]any
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	var body map[string]any
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.requests, r.bodies = append(r.requests, req), append(r.bodies, body)
	r.mu.Unlock()
	if r.answer != nil {
		return r.answer(req)
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
}

// kinds are the types of the events that have arrived.
func (r *receiver) kinds() (kinds []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.bodies {
		kinds = append(kinds, b["type"])
	}
	return kinds
}

func (r *receiver) account() matterporttest.Config {
	cfg := account()
	cfg.WebhookTransport = r
	return cfg
}

func TestEventIsSentAsItIsDocumented(t *testing.T) {
	clocked(t, func(t *testing.T) {
		r := &receiver{}
		s := matterporttest.New(r.account())
		id := register(t, s)
		s.RemoveModel(office)
		got := r.requests[0]
		user, password, _ := got.BasicAuth()
		if got.Method != http.MethodPost || got.URL.String() != "http://127.0.0.1:8080/matterport-events" ||
			user != "pme" || password != "0123456789-webhook-secret" || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %v", got.Method, got.URL, got.Header)
		}
		want := map[string]any{
			"modelId": office, "version": 1.0, "webhookId": id, "webhookCustomKey": nil, "timestamp": "2000-01-01T00:00:00Z",
			"type": "deleted", "body": map[string]any{},
		}
		if diff := cmp.Diff(want, r.bodies[0]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]matterporttest.Delivery{{Webhook: id, Event: matterporttest.Event{Type: "deleted", Model: office}, Status: 204}}, s.Deliveries()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if a := run(t, s, operation(t, "pingWebhook"), map[string]any{"id": id}); a.body.Data["pingModelEventWebhookCallback"] != true {
			t.Errorf("answer = %d %s", a.Code, a.Body)
		}
		if ping := r.bodies[1]; ping["type"] != "ping" || ping["modelId"] != nil || ping["webhookId"] != id {
			t.Errorf("a trial is %v", ping)
		}
	})
}

func TestCredentialsOfOtherKinds(t *testing.T) {
	const basic = "credType: basic, credKey: $key, credSecret: $secret"
	for part, want := range map[string]http.Header{
		"credType: token, credKey: $key, credSecret: $secret":  {"Authorization": {"Bearer 0123456789-webhook-secret"}},
		"additionalHeaders: [{key: $key, value: $secret}]":     {"Pme": {"0123456789-webhook-secret"}},
		"additionalHeaders: {key: $key, value: $secret}":       {"Pme": {"0123456789-webhook-secret"}},
		"queryParams: [{key: $key, value: $secret}], port: 81": {},
	} {
		r := &receiver{}
		s := matterporttest.New(r.account())
		text := strings.Replace(operation(t, "addWebhook"), basic, part, 1)
		if strings.Contains(part, "port: 81") {
			text = strings.Replace(text, "port: $port, ", "", 1)
			text = strings.Replace(text, "$port: Int!, ", "", 1)
		}
		if a := run(t, s, text, hook()); len(a.body.Errors) > 0 {
			t.Fatalf("answer = %d %s", a.Code, a.Body)
		}
		s.SendWebhook(matterporttest.Event{Type: "created", Model: office})
		got := r.requests[0].Header
		delete(got, "Content-Type")
		if diff := cmp.Diff(want, got); diff != "" || (len(want) == 0) != (r.requests[0].URL.RawQuery == "pme=0123456789-webhook-secret") {
			t.Errorf("%s: %s (-want +got):\n%s", part, r.requests[0].URL, diff)
		}
	}
}

func TestWebhookOfVersion1(t *testing.T) {
	r := &receiver{}
	s := matterporttest.New(r.account())
	text := strings.Replace(operation(t, "addWebhook"), "version: 2", "", 1)
	if a := run(t, s, text, hook()); len(a.body.Errors) > 0 {
		t.Fatalf("answer = %d %s", a.Code, a.Body)
	}
	s.RemoveModel(office)
	delete(r.bodies[0], "timestamp")
	want := map[string]any{"type": "deleted", "modelId": office, "internalId": "", "createdBy": "", "data": map[string]any{}}
	if diff := cmp.Diff(want, r.bodies[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChangesOfModelsAreTold(t *testing.T) {
	r := &receiver{}
	s := matterporttest.New(r.account())
	register(t, s)
	for _, step := range []struct {
		change func()
		want   []any
	}{
		{func() { s.AddModel(matterporttest.Model{ID: "NewSpace123"}) }, []any{"created"}},
		{func() { s.AddModel(matterporttest.Model{ID: "NewSpace123"}) }, nil},
		{func() { s.AddModel(matterporttest.Model{ID: "NewSpace123", Name: "New"}) }, []any{"details_changed"}},
		{func() { s.AddModel(matterporttest.Model{ID: "NewSpace123", Name: "New", InternalID: "7"}) }, []any{"details_changed"}},
		{
			func() {
				s.AddModel(matterporttest.Model{ID: "NewSpace123", Name: "New", InternalID: "7", Inactive: true, Visibility: "public"})
			},
			[]any{"activation_state_changed", "visibility_changed"},
		},
		{func() { s.TransferModel("NewSpace123", "gallery") }, []any{"transferred_out"}},
		{func() { s.TransferModel("NewSpace123", "newcomer") }, nil},
		{func() { s.TransferModel("NewSpace123", "harbour") }, []any{"transferred_in"}},
		{func() { s.TransferModel("NewSpace123", "harbour") }, nil},
		{func() { s.TransferModel("NewSpace123", "nobody") }, nil},
		{func() { s.TransferModel("AAAAAAAAAAA", "gallery") }, nil},
		{func() { s.RemoveModel("NewSpace123") }, []any{"deleted"}},
		{func() { s.RemoveModel("NewSpace123") }, nil},
		{func() { s.RemoveModel("Rv4hGm8sKq2") }, nil}, // of another account
		{func() { s.SendWebhook(matterporttest.Event{Type: "bundle_updated", Model: office}) }, nil},
	} {
		r.bodies = nil
		step.change()
		if diff := cmp.Diff(step.want, r.kinds()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	s.AddModel(matterporttest.Model{ID: office, Name: "Head Office", Inactive: true})
	want := map[string]any{"previous": map[string]any{"state": "active"}, "current": map[string]any{"state": "inactive"}}
	if diff := cmp.Diff(want, r.bodies[0]["body"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTransferredModelIsOfTheOtherAccount(t *testing.T) {
	s := matterporttest.New(account())
	s.TransferModel(office, "gallery")
	if a := run(t, s, operation(t, "model"), map[string]any{"id": office}); !cmp.Equal(a.codes(), []string{"not.found"}) {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
	s.TransferModel(office, "harbour")
	if a := run(t, s, operation(t, "model"), map[string]any{"id": office}); a.field("model")["id"] != office {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
}

func TestEventThatDoesNotArriveIsNotRepeated(t *testing.T) {
	redirect := &http.Response{StatusCode: 307, Header: http.Header{"Location": {"http://127.0.0.1:1/"}}, Body: http.NoBody}
	for name, tc := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		want   matterporttest.Delivery
		takes  time.Duration
	}{
		"refused": {func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 401, Body: http.NoBody}, nil
		}, matterporttest.Delivery{Status: 401}, 0},
		"a redirect": {func(*http.Request) (*http.Response, error) { return redirect, nil }, matterporttest.Delivery{Status: 307}, 0},
		"no answer":  {func(*http.Request) (*http.Response, error) { return nil, errors.New("reset") }, matterporttest.Delivery{Err: "reset"}, 0},
		"silence": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, matterporttest.Delivery{Err: "context deadline exceeded"}, 5 * time.Second},
		"a long answer": {func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 204, Body: io.NopCloser(endless{})}, nil
		}, matterporttest.Delivery{Status: 204}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &receiver{answer: tc.answer}
				s := matterporttest.New(r.account())
				ids := []string{register(t, s), register(t, s)}
				began := time.Now()
				got := s.SendWebhook(matterporttest.Event{Type: "deleted", Model: office})
				for i, id := range ids {
					tc.want.Webhook, tc.want.Event = id, matterporttest.Event{Type: "deleted", Model: office}
					if diff := cmp.Diff(tc.want, got[i]); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				}
				time.Sleep(time.Hour)
				if len(r.requests) != 2 || time.Since(began) != tc.takes+time.Hour || len(s.Deliveries()) != 2 {
					t.Errorf("%d requests in %v, %d deliveries", len(r.requests), time.Since(began), len(s.Deliveries()))
				}
			})
		})
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestDeliveriesAreBounded(t *testing.T) {
	s := matterporttest.New((&receiver{}).account())
	register(t, s)
	for range 1001 {
		s.SendWebhook(matterporttest.Event{Type: "deleted", Model: office})
	}
	s.SendWebhook(matterporttest.Event{Type: "deleted", Model: terrace, Body: map[string]any{"x": func() {}}})
	all := s.Deliveries()
	if last := all[len(all)-1]; len(all) != 1000 || last.Event.Model != terrace || !strings.Contains(last.Err, "cannot be written as JSON") {
		t.Errorf("%d deliveries, the last is %v", len(all), last)
	}
}

func TestWebhooksOverTheNetwork(t *testing.T) {
	arrived, release := make(chan http.Header, 2), make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- maps.Clone(r.Header)
		if r.URL.Path == "/held" {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer target.Close()
	defer close(release)
	s, err := matterporttest.Start("", account())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	port := target.Listener.Addr().(*net.TCPAddr).Port
	id := register(t, s, "port", port)
	register(t, s, "host", "192.0.2.1", "port", port)
	got := s.SendWebhook(matterporttest.Event{Type: "deleted", Model: office})
	if got[0].Webhook != id || got[0].Status != http.StatusNoContent || !strings.Contains(got[1].Err, "this machine only") {
		t.Errorf("%+v", got)
	}
	<-arrived
	register(t, s, "port", port, "path", "held")
	done := make(chan []matterporttest.Delivery)
	go func() { done <- s.SendWebhook(matterporttest.Event{Type: "deleted", Model: office}) }()
	<-arrived
	<-arrived
	s.Close()
	if got := <-done; got[2].Status != 0 || got[2].Err == "" {
		t.Errorf("%+v", got)
	}
	if got := s.SendWebhook(matterporttest.Event{Type: "deleted", Model: office}); got[0].Status != 0 {
		t.Errorf("sent after Close: %+v", got)
	}
}
