//go:build unix

package redistest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestServersThatStartAtOnceGetDifferentPorts(t *testing.T) {
	t.Parallel()
	leaveOutIfShort(t) // Start would skip in other goroutines
	servers := make([]*redistest.Server, 16)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { servers[2*i], servers[2*i+1] = redistest.Start(t), redistest.Start(t) })
	}
	all.Wait()
	seen := map[string]bool{}
	for _, s := range servers {
		if s == nil || seen[s.Addr()] {
			t.Fatalf("a server is missing, or shares the address of another: %v", seen)
		}
		seen[s.Addr()] = true
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts    []redistest.Option
		restart func(*redistest.Server, testing.TB)
		want    string
	}{
		"without a file":        {nil, (*redistest.Server).Restart, ""},
		"with a file":           {[]redistest.Option{redistest.WithAppendOnly()}, (*redistest.Server).Restart, "value"},
		"with a file, new disk": {[]redistest.Option{redistest.WithAppendOnly()}, (*redistest.Server).RestartEmpty, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, test.opts...)
			for _, end := range []func(*redistest.Server, testing.TB){(*redistest.Server).Kill, (*redistest.Server).Stop} {
				set(t, s, "value")
				addr := s.Addr()
				end(s, t)
				test.restart(s, t)
				if s.Addr() != addr {
					t.Errorf("the address has changed from %s to %s", addr, s.Addr())
				}
				if got := get(t, s, "key"); got != test.want {
					t.Errorf("the value is %q, want %q", got, test.want)
				}
			}
		})
	}
}

func TestFreeze(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	c := s.Client(t)
	s.Freeze(t)
	if err := ping(within(t, 100*time.Millisecond), c); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a frozen server: %v", err)
	}
	s.Thaw(t)
	eventually(t, "ping", func(ctx context.Context) error { return ping(ctx, c) })
	s.Freeze(t) // and the end of the test thaws it
}

func TestFlushAll(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	set(t, s, "value")
	s.FlushAll(t)
	if got := get(t, s, "key"); got != "" {
		t.Errorf("the value is %q", got)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.WithMaxMemory("3mb", "allkeys-lru"), redistest.WithConfig("timeout 1"))
	c := s.Client(t)
	got, err := c.Do(t.Context(), c.B().ConfigGet().Parameter("maxmemory", "maxmemory-policy", "timeout", "save").Build()).AsStrMap()
	if err != nil || got["maxmemory"] != "3145728" || got["maxmemory-policy"] != "allkeys-lru" || got["timeout"] != "1" || got["save"] != "" {
		t.Errorf("the configuration is %v, %v", got, err)
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.WithPassword("letmein"), redistest.WithUser("app", ">secret ~{pme:*}* +get"))
	for address, want := range map[string]bool{
		s.URL():                        true,
		"redis://" + s.Addr():          false,
		s.UserURL("app", "secret"):     true,
		s.UserURL("app", "wrong"):      false,
		s.UserURL("unknown", "secret"): false,
	} {
		c, err := connect(t, s, address)
		if err == nil {
			err = c.Do(t.Context(), c.B().Get().Key("{pme:a}b").Build()).Error()
		}
		if accepted := err == nil || rueidis.IsRedisNil(err); accepted != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
