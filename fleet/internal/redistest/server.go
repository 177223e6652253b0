//go:build unix

package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"net/url"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/ports"
)

// A Server is a redis-server: one that holds data, a node of a cluster, or a sentinel.
type Server struct {
	setup   *setup
	role    role
	lines   []string // of redis.conf, for this server only
	program string
	dir     string

	port, busPort int

	mu      sync.Mutex
	process *process // the newest
}

// Addr returns the host and the port.
func (s *Server) Addr() string { return ports.Local(s.port) }

// URL returns what clients connect with: the default user's password, if there is one, and rediss with TLS.
func (s *Server) URL() string { return s.url(url.UserPassword("", s.defaultPassword())) }

// UserURL returns what clients connect with as one of the users that [WithUser] has added.
func (s *Server) UserURL(name, password string) string {
	return s.url(url.UserPassword(name, password))
}

func (s *Server) url(user *url.Userinfo) string {
	u := url.URL{Scheme: "redis", Host: s.Addr()}
	if s.setup.certificates != nil {
		u.Scheme = "rediss"
	}
	if password, _ := user.Password(); password != "" {
		u.User = user
	}
	return u.String()
}

func (s *Server) defaultPassword() string {
	if s.role == sentinel {
		return s.setup.sentinelPassword
	}
	return s.setup.password
}

// TLSConfig returns what a client connects with, including its certificate with [WithMutualTLS]. Without TLS it is nil.
func (s *Server) TLSConfig() *tls.Config {
	if s.setup.certificates == nil {
		return nil
	}
	return s.setup.certificates.ClientConfig(s.setup.mutual)
}

// Certificates returns the files behind TLSConfig. Without TLS they are nil.
func (s *Server) Certificates() *Certificates { return s.setup.certificates }

// Client returns a client of this server alone, which has every right and is closed at the end of the test.
func (s *Server) Client(tb testing.TB) rueidis.Client {
	tb.Helper()
	client, err := s.newClient()
	if err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	tb.Cleanup(client.Close)
	return client
}

func (s *Server) newClient() (rueidis.Client, error) {
	return rueidis.NewClient(rueidis.ClientOption{
		InitAddress:       []string{s.Addr()},
		Username:          admin,
		Password:          s.setup.adminPassword,
		TLSConfig:         s.TLSConfig(),
		ForceSingleClient: true,
		DisableCache:      true,
	})
}

// Log returns what the server has logged since it started last.
func (s *Server) Log(tb testing.TB) string {
	tb.Helper()
	log, err := os.ReadFile(s.logFile())
	if err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	return string(log)
}

func (s *Server) current() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}

// Stop ends the server with SIGTERM: it tells its clients, and writes what its configuration lets it write.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	s.end(tb, syscall.SIGTERM)
}

// Kill ends the server with SIGKILL.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.end(tb, syscall.SIGKILL)
}

func (s *Server) end(tb testing.TB, with syscall.Signal) {
	tb.Helper()
	if err := s.current().end(with); err != nil {
		tb.Fatalf("redistest: %v", err)
	}
}

// Freeze stops the process with SIGSTOP: connections stay open, and the system even accepts new ones, but nothing is answered.
// The end of tb thaws it, so that clients can be closed.
func (s *Server) Freeze(tb testing.TB) {
	tb.Helper()
	p := s.current()
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		tb.Fatalf("redistest: freeze: %v", err)
	}
	tb.Cleanup(func() { _ = p.Signal(syscall.SIGCONT) })
	await(tb, "freeze", func(context.Context) error { return p.stopped() })
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw(tb testing.TB) {
	tb.Helper()
	if err := s.current().Signal(syscall.SIGCONT); err != nil {
		tb.Fatalf("redistest: thaw: %v", err)
	}
}

// Restart starts the server again on the same port, with the configuration that it has written itself in between. It holds
// what the append-only file holds, or nothing without one. A server that still runs is killed first.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.Kill(tb)
	ctx, cancel := context.WithTimeout(tb.Context(), limit)
	defer cancel()
	for {
		err := s.run(ctx)
		if err == nil {
			return
		}
		s.Kill(tb)
		if !errors.Is(err, errPortTaken) || ctx.Err() != nil {
			tb.Fatalf("redistest: restart: %v", err)
		}
	}
}

// RestartEmpty starts the server again on the same port without any of its files, as on a new disk.
func (s *Server) RestartEmpty(tb testing.TB) {
	tb.Helper()
	s.Kill(tb)
	if err := os.RemoveAll(s.data()); err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	if err := os.Mkdir(s.data(), 0o700); err != nil {
		tb.Fatalf("redistest: %v", err)
	}
	s.Restart(tb)
}
