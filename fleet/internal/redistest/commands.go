//go:build unix

package redistest

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/rueidis"
)

// FlushAll removes all data of the server.
func (s *Server) FlushAll(tb testing.TB) {
	tb.Helper()
	s.do(tb, "FLUSHALL")
}

// Info returns the fields of INFO.
func (s *Server) Info(tb testing.TB) (fields map[string]string) {
	tb.Helper()
	err := s.with(func(client rueidis.Client) (err error) {
		fields, err = info(tb.Context(), client)
		return err
	})
	if err != nil {
		tb.Fatalf("redistest: INFO: %v", err)
	}
	return fields
}

// do sends a command as the admin, which has to succeed.
func (s *Server) do(tb testing.TB, command ...string) (result rueidis.RedisResult) {
	tb.Helper()
	err := s.with(func(client rueidis.Client) error {
		result = client.Do(tb.Context(), client.B().Arbitrary(command...).Build())
		return result.Error()
	})
	if err != nil {
		tb.Fatalf("redistest: %s: %v", strings.Join(command, " "), err)
	}
	return result
}

// with lends a client for one call.
func (s *Server) with(call func(rueidis.Client) error) error {
	client, err := s.newClient()
	if err != nil {
		return err
	}
	defer client.Close()
	return call(client)
}

func info(ctx context.Context, client rueidis.Client) (map[string]string, error) {
	text, err := client.Do(ctx, client.B().Info().Build()).ToString()
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":"); ok {
			fields[name] = value
		}
	}
	return fields, err
}

// SetUser gives a user exactly these rules, and ends its connections.
func (s *Server) SetUser(tb testing.TB, name, rules string) {
	tb.Helper()
	s.do(tb, append([]string{"ACL", "SETUSER", name, "reset", "on"}, strings.Fields(rules)...)...)
	s.do(tb, "CLIENT", "KILL", "USER", name)
}
