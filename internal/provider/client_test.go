package provider

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// answering is a transport that answers everything alike.
type answering struct {
	status int
	body   string
	calls  int
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.calls++
	return &http.Response{StatusCode: a.status, Body: io.NopCloser(strings.NewReader(a.body)), Request: r, Header: http.Header{}}, nil
}

func ask(t *testing.T, a *answering, method, address string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader("secret"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := NewClient(&http.Client{Transport: a}).Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func TestProviderIsNotCalledWhereOthersListen(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://id.example/": true, "http://127.0.0.1/": true, "http://[::1]:8080/": true, "http://localhost/": true,
		"http://id.example/": false, "http://127.0.0.1.evil.example/": false, "http://localhost.evil.example/": false, "https://user:pw@id.example/": false,
	} {
		a := &answering{status: http.StatusOK}
		if _, err := ask(t, a, http.MethodPost, address); errors.Is(err, errProviderAddress) == ok || (a.calls == 1) != ok {
			t.Errorf("%s: %v after %d calls, want it called: %v", address, err, a.calls, ok)
		}
	}
}

func TestProvidersAnswerIsReadUpToOneMiB(t *testing.T) {
	for _, size := range []int{0, 1, maxAnswer, maxAnswer + 1, 3 * maxAnswer} {
		body, err := ask(t, &answering{status: http.StatusOK, body: strings.Repeat("x", size)}, http.MethodGet, "https://id.example/")
		if want := size > maxAnswer; errors.Is(err, errAnswerTooLong) != want || !want && len(body) != size {
			t.Errorf("%d bytes: %d read, %v", size, len(body), err)
		}
	}
}

func TestBodyOfAFailedGETIsNotPassedOn(t *testing.T) {
	if body, err := ask(t, &answering{status: http.StatusForbidden, body: "private"}, http.MethodGet, "https://id.example/"); body != "" || err != nil {
		t.Errorf("body %q, %v; want none, as it would be logged", body, err)
	}
	if body, err := ask(t, &answering{status: http.StatusBadRequest, body: `{"error":"invalid_grant"}`}, http.MethodPost, "https://id.example/"); body == "" || err != nil {
		t.Errorf("body %q, %v; want the error of a token endpoint", body, err)
	}
}

// panicking is a transport of the application's own with a mistake in it.
type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("secret" + "value") }

func TestPanicOfTheTransportIsAFailedCall(t *testing.T) {
	var calls Observer
	client := NewClient(&http.Client{Transport: panicking{}})
	calls.Observe(client)
	k := NewKeys(Config{Issuer: "https://id.example", Client: client, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	defer k.Close()
	for range 2 {
		if _, err := k.VerifySignature(t.Context(), "a.b.c"); !errors.Is(err, ErrKeys) || !errors.Is(err, errTransport) ||
			strings.Contains(err.Error(), "secretvalue") {
			t.Errorf("error %v", err)
		}
	}
	if k.tried.IsZero() {
		t.Error("there is no pause before the next call")
	}
	if parts := calls.HealthParts("login"); parts[0].Check(t.Context()) == nil {
		t.Error("the provider is said to be well")
	}
}
