package matterporttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	deliveryTime  = 5 * time.Second // for the address to answer
	maxDeliveries = 1000            // that are kept
)

// Event is what a webhook tells: that something has happened to a space.
type Event struct {
	// Type is as at Matterport, such as "deleted".
	Type string

	// Model is the ID of the space. It is not checked.
	Model string

	// Body is what the event says besides. Nil: an empty object.
	Body map[string]any
}

// Delivery is an event that was sent to one registered address.
type Delivery struct {
	Webhook string // ID of the registration
	Event   Event
	Status  int    // of the answer; zero: there was none
	Err     string // why there was none
}

// SendWebhook sends an event to every address that is registered for its type, and waits for their answers: at most five seconds,
// or until the emulator is closed. It is sent once: whether Matterport repeats what was not delivered is not documented.
// [Server.AddModel], [Server.RemoveModel] and [Server.TransferModel] send events by themselves.
func (s *Server) SendWebhook(e Event) []Delivery {
	hooks := slices.DeleteFunc(s.registered(), func(w webhook) bool { return !slices.Contains(w.types, e.Type) })
	return s.deliver(hooks, e)
}

// Deliveries returns what was sent, the trials included, oldest first: the last 1000.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

// deliver sends an event to all hooks at once.
func (s *Server) deliver(hooks []webhook, e Event) []Delivery {
	version := s.nextVersion(e.Model)
	if len(hooks) == 0 {
		return nil
	}
	results := make([]Delivery, len(hooks))
	var all sync.WaitGroup
	for i, w := range hooks {
		all.Go(func() {
			results[i] = Delivery{Webhook: w.id, Event: e}
			status, err := s.post(w, w.tell(e, version, s.now()))
			if results[i].Status = status; err != nil {
				results[i].Err = err.Error()
			}
		})
	}
	all.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, results...)
	s.deliveries = slices.Clone(s.deliveries[max(0, len(s.deliveries)-maxDeliveries):])
	return results
}

// nextVersion counts what happens to a space. It is the member version of an event, which is not that of webhooks.
func (s *Server) nextVersion(model string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions[model]++
	return s.versions[model]
}

// tell is the body that tells of an event.
func (w webhook) tell(e Event, version int, at time.Time) map[string]any {
	body := e.Body
	if body == nil {
		body = map[string]any{}
	}
	if w.version == 1 {
		return map[string]any{"type": e.Type, "modelId": e.Model, "timestamp": at.UnixMilli(), "internalId": "", "createdBy": "", "data": body}
	}
	return map[string]any{
		"modelId": orNull(e.Model), "version": version, "webhookId": w.id, "webhookCustomKey": nil,
		"timestamp": at.UTC().Format(time.RFC3339Nano), "type": e.Type, "body": body,
	}
}

// post makes one request, and follows no redirect. The error has neither the credential nor the query.
func (s *Server) post(w webhook, event map[string]any) (status int, err error) {
	ctx, cancel := context.WithTimeout(s.open, deliveryTime)
	defer cancel()
	content, err := json.Marshal(event)
	if err != nil {
		return 0, errors.New("the body of the event cannot be written as JSON")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address(), bytes.NewReader(content))
	if err != nil {
		return 0, errors.New("the address cannot be requested")
	}
	r.Header = w.header.Clone()
	r.Header.Set("Content-Type", "application/json")
	answer, err := s.cfg.WebhookTransport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10)
	_ = answer.Body.Close()
	return answer.StatusCode, nil
}

// errNotLoopback keeps credentials on this machine, and requests from what a client happens to register.
var errNotLoopback = errors.New("the emulator sends webhooks to this machine only, unless Config.WebhookTransport is set")

// loopbackOnly makes connections to this machine, one for each request.
func loopbackOnly() http.RoundTripper {
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return errNotLoopback
		}
		return nil
	}}
	return &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
}
