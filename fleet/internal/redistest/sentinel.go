//go:build unix

package redistest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/redis/rueidis"
)

// MasterName is the name by which sentinels know the primary.
const MasterName = "redistest"

// A Sentinel is a primary with one replica, watched by three sentinels of which two have to agree.
//
// A sentinel regards a server as down after a second. It looks at servers and tells other sentinels more often than by default,
// so that an old primary that comes back becomes a replica within a second, and not within ten.
type Sentinel struct {
	setup     *setup
	servers   []*Server
	sentinels []*Server
}

// StartSentinel starts the servers and the sentinels, and waits until each knows the others.
func StartSentinel(tb testing.TB, opts ...Option) *Sentinel {
	tb.Helper()
	program(tb)
	s := &Sentinel{setup: newSetup(tb, opts)}
	primary := start(tb, s.setup, data)
	replica := start(tb, s.setup, data, fmt.Sprintf("replicaof 127.0.0.1 %d", primary.port))
	s.servers = []*Server{primary, replica}
	await(tb, "replication", func(ctx context.Context) error {
		return expect(ctx, replica, "master_link_status", "up")
	})
	for range 3 {
		s.sentinels = append(s.sentinels, start(tb, s.setup, sentinel, s.setup.watch(primary)...))
	}
	s.hurry(tb)
	await(tb, "sentinels", s.complete)
	return s
}

// watch returns the lines of a sentinel's configuration that make it watch the primary.
func (s *setup) watch(primary *Server) []string {
	return []string{
		fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d 2", MasterName, primary.port),
		fmt.Sprintf("sentinel down-after-milliseconds %s 1000", MasterName),
		fmt.Sprintf("sentinel failover-timeout %s 2000", MasterName),
		fmt.Sprintf("sentinel auth-user %s %s", MasterName, watcher),
		fmt.Sprintf("sentinel auth-pass %s %s", MasterName, s.adminPassword),
	}
}

// hurry makes sentinels find each other within a fraction of a second.
//
// The ping period has to be well below the time after which a server is down: else a server that has just been promoted is
// regarded as down, and there is a second fail-over. A replica is not promoted unless it has told of itself, once a second, in
// the last five periods.
func (s *Sentinel) hurry(tb testing.TB) {
	tb.Helper()
	for _, each := range s.sentinels {
		each.do(tb, "SENTINEL", "DEBUG", "publish-period", "200", "info-period", "500", "ping-period", "250", "min-link-reconnect-period", "1000", "tilt-period", "1000")
	}
}

// complete checks that each sentinel knows the other two and the replica.
func (s *Sentinel) complete(ctx context.Context) error {
	for _, each := range s.sentinels {
		state, err := each.watched(ctx)
		if err != nil {
			return err
		}
		if state["num-other-sentinels"] != "2" || state["num-slaves"] != "1" || state["flags"] != "master" {
			return fmt.Errorf("a sentinel knows %s others and %s replicas of a %s",
				state["num-other-sentinels"], state["num-slaves"], state["flags"])
		}
	}
	return nil
}

// watched returns what a sentinel knows of the primary.
func (s *Server) watched(ctx context.Context) (state map[string]string, err error) {
	err = s.with(func(c rueidis.Client) error {
		state, err = c.Do(ctx, c.B().Arbitrary("SENTINEL", "MASTER", MasterName).Build()).AsStrMap()
		return err
	})
	return state, err
}

// Addrs returns the addresses of the sentinels.
func (s *Sentinel) Addrs() (addrs []string) {
	for _, each := range s.sentinels {
		addrs = append(addrs, each.Addr())
	}
	return addrs
}

// Sentinels returns the sentinels themselves, for tests that end some.
func (s *Sentinel) Sentinels() []*Server { return s.sentinels }

// Servers returns the two servers that hold data, whichever is the primary.
func (s *Sentinel) Servers() []*Server { return s.servers }

// Primary returns the server that all running sentinels name as the primary. While they disagree it waits.
func (s *Sentinel) Primary(tb testing.TB) (primary *Server) {
	tb.Helper()
	await(tb, "primary", func(ctx context.Context) (err error) {
		primary, err = s.agreed(ctx)
		return err
	})
	return primary
}

// Replica returns the other server.
func (s *Sentinel) Replica(tb testing.TB) *Server {
	tb.Helper()
	return s.other(s.Primary(tb))
}

func (s *Sentinel) other(than *Server) *Server {
	if s.servers[0] == than {
		return s.servers[1]
	}
	return s.servers[0]
}

func (s *Sentinel) agreed(ctx context.Context) (primary *Server, err error) {
	for _, each := range s.sentinels {
		if !each.current().running() {
			continue
		}
		named, err := s.namedBy(ctx, each)
		if err != nil {
			return nil, err
		}
		if primary != nil && named != primary {
			return nil, errors.New("the sentinels disagree")
		}
		primary = named
	}
	if primary == nil {
		return nil, errors.New("no sentinel runs")
	}
	return primary, nil
}

func (s *Sentinel) namedBy(ctx context.Context, each *Server) (*Server, error) {
	state, err := each.watched(ctx)
	if err != nil {
		return nil, err
	}
	for _, server := range s.servers {
		if fmt.Sprint(server.port) == state["port"] {
			return server, nil
		}
	}
	return nil, fmt.Errorf("a sentinel names an unknown server, port %s", state["port"])
}

// expect checks a field of INFO.
func expect(ctx context.Context, s *Server, field, want string) error {
	return s.with(func(c rueidis.Client) error {
		fields, err := info(ctx, c)
		if err == nil && fields[field] != want {
			err = fmt.Errorf("%s of %s is %q, not %q", field, s.Addr(), fields[field], want)
		}
		return err
	})
}
