package handler_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/go-pme/pme"
)

// A user who is over every limit that there is keeps the tour that is open: nothing that it needs costs anything.
func TestUserOverEveryLimitKeepsTheTour(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.MintBurst, c.MintEvery = 1, time.Hour })
	tour := p.get(t, "alice", "token?modelId="+office)
	tour.want(t, http.StatusOK, "")
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	overLimits := func() {
		t.Helper()
		a := p.get(t, "alice", "token?modelId="+warehouse)
		a.want(t, http.StatusTooManyRequests, "temporarily_unavailable")
		if after, err := strconv.Atoi(a.Header().Get("Retry-After")); err != nil || after < 1 {
			t.Errorf("Retry-After %q, want whole seconds", a.Header().Get("Retry-After"))
		}
		for n := 0; p.get(t, "alice", "models").Code != http.StatusTooManyRequests; n++ {
			if n > 5000 {
				t.Fatal("listings are not limited")
			}
		}
	}
	for range 3 {
		overLimits()
		if a := p.get(t, "alice", "token?modelId="+office); a.Code != http.StatusOK || a.AccessToken != tour.AccessToken {
			t.Errorf("token: %d %s", a.Code, a.Body)
		}
		for _, address := range []string{"link?modelId=" + office, "view/" + office, "settings", "signed-in"} {
			overLimits()
			if a := p.get(t, "alice", address); a.Code != http.StatusOK {
				t.Errorf("%s: %d %s", address, a.Code, a.Body)
			}
		}
		if status := watchStatus(t, server.URL+"/watch?modelId="+office, "alice"); status != http.StatusOK {
			t.Errorf("watch: %d", status)
		}
	}
}

// watchStatus opens a stream and leaves it once there is an answer.
func watchStatus(t *testing.T, address, person string) int {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Person", person)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	return a.StatusCode
}
