//go:build unix

package sqlstore_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
)

// A network is between a store and its database, and may fall silent: nothing comes through,
// and neither side gets an error.
type network struct {
	net.Listener
	server string

	gate  sync.RWMutex // held to keep everything from coming through
	mu    sync.Mutex
	ends  []net.Conn
	loops sync.WaitGroup
}

// between returns a network, and what connects through it.
func between(t *testing.T, dsn string) (*network, string) {
	t.Helper()
	server, rest, _ := strings.Cut(strings.TrimPrefix(dsn, "host="), " ")
	dir, err := os.MkdirTemp("/tmp", "pme-network-")
	if err != nil {
		t.Fatal(err)
	}
	const socket = ".s.PGSQL.5432"
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	n := &network{Listener: l, server: filepath.Join(server, socket)}
	n.loops.Go(func() { n.serve(t.Context()) })
	t.Cleanup(func() {
		_ = l.Close()
		n.cut()
		n.loops.Wait()
		_ = os.RemoveAll(dir)
	})
	return n, "host=" + dir + " " + rest
}

func (n *network) serve(ctx context.Context) {
	for {
		client, err := n.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(ctx, "unix", n.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		n.mu.Lock()
		n.ends = append(n.ends, client, server)
		n.mu.Unlock()
		n.loops.Go(func() { n.pass(client, server) })
		n.loops.Go(func() { n.pass(server, client) })
	}
}

func (n *network) pass(from, to net.Conn) {
	defer func() { _ = from.Close(); _ = to.Close() }()
	buffer := make([]byte, 4096)
	for {
		length, err := from.Read(buffer)
		if err != nil {
			return
		}
		n.gate.RLock()
		_, err = to.Write(buffer[:length])
		n.gate.RUnlock()
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
	}
}

// cut ends all connections.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.ends {
		_ = c.Close()
	}
	n.ends = nil
}

func TestSilentDatabaseBlocksNoCallerForLong(t *testing.T) {
	n, dsn := between(t, postgres(t).Schema(t))
	s := postgresPool(t, dsn, 10).store(t, sqlstore.NewKey())
	create(t, s, record("alice", "A"), record("alice", "B"), record("alice", "C"))

	silent, both := make(chan struct{}), make(chan struct{}, 2)
	var updates sync.WaitGroup
	refused := errors.New("refused")
	for id, outcome := range map[string]error{"A": nil, "B": refused} {
		updates.Go(func() {
			err := s.Update(t.Context(), store.Key{User: "alice", ID: id}, func(_ context.Context, r *store.Record) error {
				both <- struct{}{}
				<-silent
				r.Label = "lost"
				return outcome
			})
			switch {
			case outcome != nil && !errors.Is(err, outcome):
				t.Errorf("Update of %s that fails: %v", id, err)
			case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
				t.Errorf("Update of %s that cannot be stored: %v", id, err)
			}
		})
	}
	<-both
	<-both
	n.gate.Lock()
	began := time.Now()
	close(silent)

	var calls sync.WaitGroup
	k := store.Key{User: "alice", ID: "C"}
	for what, call := range map[string]func(ctx context.Context) error{
		"Get":    func(ctx context.Context) error { _, err := s.Get(ctx, k); return err },
		"List":   func(ctx context.Context) error { _, err := s.List(ctx, "alice"); return err },
		"Take":   func(ctx context.Context) error { _, err := s.Take(ctx, "nonce", "alice", proof); return err },
		"Update": func(ctx context.Context) error { return s.Update(ctx, k, relabel("lost")) },
		"Delete": func(ctx context.Context) error { return s.Delete(ctx, store.Key{User: "alice", ID: "D"}) },
	} {
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", what, err)
			}
		})
	}
	calls.Wait()
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("calls with 300 ms to go return after %v", took)
	}
	updates.Wait()
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("Updates return %v after their change", took)
	}

	n.cut()
	n.gate.Unlock()
	for _, id := range []string{"A", "B", "C"} {
		wantWhole(t, s, "alice", id)
	}
}
