package matterport_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/matterport"
)

func TestRedirectNeverCarriesASecretElsewhere(t *testing.T) {
	for _, path := range []string{"/api/oauth/token", "/api/models/graph"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			var elsewhere atomic.Int32
			other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == path {
					http.Redirect(w, r, other.URL+path, status)
					return
				}
				_, _ = io.WriteString(w, newToken(1).body)
			}))

			mine := server.Client()
			mine.CheckRedirect = func(*http.Request, []*http.Request) error { return nil } // would follow
			client := newClient(t, nil, func(cfg *matterport.Config) {
				cfg.BaseURL, cfg.HTTPClient = server.URL, mine
			})
			err := link(t.Context(), client)
			if !errors.Is(err, matterport.ErrMalformed) || !strings.Contains(err.Error(), "redirect") {
				t.Errorf("%s, %d: %v", path, status, err)
			}
			if n := elsewhere.Load(); n != 0 {
				t.Errorf("%s, %d: %d requests went elsewhere", path, status, n)
			}
			server.Close()
			other.Close()
		}
	}
}

func TestClientOfItsOwnWorksAndEndsWithClose(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/oauth/token" {
			_, _ = io.WriteString(w, newToken(1).body)
			return
		}
		w.Header().Set("Content-Length", "100") // more than comes
		_, _ = io.WriteString(w, `{"data":`)
	}))
	defer server.Close()
	client, err := matterport.New(matterport.Config{
		ClientID: "client-id", ClientSecret: clientSecret, BaseURL: server.URL, MaxAttempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := link(t.Context(), client); !errors.Is(err, matterport.ErrUnavailable) || failure(t, err).Status != 200 {
		t.Errorf("cut-off body: %v", err)
	}
}

func TestUnreachableServerIsNamed(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.Listener.Addr().String()
	server.Close()
	client, err := matterport.New(matterport.Config{
		ClientID: "client-id", ClientSecret: clientSecret, BaseURL: "http://" + address, MaxAttempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := link(t.Context(), client); !errors.Is(err, matterport.ErrUnavailable) || !strings.Contains(err.Error(), address) {
		t.Errorf("err = %v; want ErrUnavailable with %s", err, address)
	}
}
