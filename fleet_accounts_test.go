package pme_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/connect"
	connectstore "github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// hintedTokens are the tokens of a fleet of two replicas in this process. They carry hints.
type hintedTokens struct {
	store.Store

	mu    sync.Mutex // guards what follows
	heard map[*func(string)]string
	sent  int
}

func (h *hintedTokens) Hint(topic, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent++
	for f, of := range h.heard {
		if of == topic {
			(*f)(text)
		}
	}
}

func (h *hintedTokens) OnHint(topic string, f func(string)) (stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard[&f] = topic
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.heard, &f)
	}
}

// replicasOfAccounts are two handlers over one fleet and one store of accounts, in which alice has one.
func replicasOfAccounts(t *testing.T, f *processFleet) (handlers [2]*pme.Handler, connections [2]*connect.Connections) {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{})
	records := connect.NewMemory()
	err := records.Create(t.Context(), &connectstore.Record{
		Key: connectstore.Key{User: "alice", ID: strings.Repeat("A", 26)}, RefreshToken: "refused", AccessToken: "expired", Connected: time.Now(),
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range handlers {
		app := newConnections(t, up).App()
		connections[i], err = connect.New(connect.Config{App: app, Store: records, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connections[i].Close() })
		handlers[i], _ = newHandler(t, func(c *pme.Config) { c.Connections, c.Fleet = connections[i], f })
	}
	return handlers, connections
}

// watchAccount opens the stream of alice's account, and returns a function that reads the next event. A stream asks by itself after
// longer than that waits.
func watchAccount(t *testing.T, h *pme.Handler) (next func() string) {
	t.Helper()
	server := httptest.NewServer(h)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/connect/watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Person", "alice")
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = res.Body.Close()
		server.Close()
	})
	lines := bufio.NewScanner(res.Body)
	next = func() string {
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return text
			}
		}
		return "nothing in time"
	}
	lines.Scan() // the stream has begun
	return next
}

func TestPagesLearnAtOnceWhatHappensToAnAccountOnAnotherReplica(t *testing.T) {
	alice := &identity.User{ID: "alice"}
	for name, test := range map[string]struct {
		change func(h *pme.Handler, c *connect.Connections) error
		want   string
	}{
		"deleted by its user": {func(_ *pme.Handler, c *connect.Connections) error {
			return c.Delete(t.Context(), alice, strings.Repeat("A", 26))
		}, "not_connected"},
		"deleted by an operator": {func(_ *pme.Handler, c *connect.Connections) error {
			_, err := c.DeleteUser(t.Context(), "alice")
			return err
		}, "not_connected"},
		"refused by Matterport": {func(_ *pme.Handler, c *connect.Connections) error {
			_, _ = c.Token(t.Context(), alice, "")
			return nil
		}, "reconnect_required"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newProcessFleet()
			hints := &hintedTokens{Store: issuer.NewMemory(issuer.MemoryConfig{}), heard: make(map[*func(string)]string)}
			f.tokens = hints
			handlers, connections := replicasOfAccounts(t, f)
			next := watchAccount(t, handlers[1])
			if err := test.change(handlers[0], connections[0]); err != nil {
				t.Fatal(err)
			}
			if got := next(); !strings.Contains(got, test.want) {
				t.Errorf("the page is told %s, want %s", got, test.want)
			}
			for _, h := range handlers {
				if err := h.Close(); err != nil {
					t.Error(err)
				}
			}
			if len(hints.heard) != 0 || hints.sent != 1 {
				t.Errorf("%d hints, and after Close %d functions are registered", hints.sent, len(hints.heard))
			}
		})
	}
}
