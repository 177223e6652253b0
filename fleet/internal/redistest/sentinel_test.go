//go:build unix

package redistest_test

import (
	"testing"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestSentinel(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	first := s.Primary(t)
	set(t, first, "first")

	second := s.Failover(t)
	if second == first || s.Primary(t) != second || s.Replica(t) != first {
		t.Fatal("the primary is the same after a fail-over")
	}
	s.AwaitReplication(t)
	set(t, second, "second")

	if killed := s.KillPrimary(t); killed != second {
		t.Fatal("another server was killed")
	}
	if s.AwaitPrimary(t, second) != first {
		t.Fatal("the first server is not the primary again")
	}
	set(t, first, "third")
	second.Restart(t)
	s.AwaitReplication(t)
	if got := get(t, second, "key"); got != "third" {
		t.Errorf("the replica holds %q", got)
	}
}

func TestSentinelWithCredentials(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]redistest.Option{
		"passwords": {redistest.WithPassword("secret"), redistest.WithSentinelPassword("other")},
		"mTLS":      {redistest.WithMutualTLS(), redistest.WithUser("app", ">secret ~* &* +@all"), redistest.WithoutDefaultUser()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.StartSentinel(t, opts...)
			primary := s.Primary(t)
			option := rueidis.ClientOption{
				InitAddress: s.Addrs(), Password: "secret", TLSConfig: primary.TLSConfig(), DisableCache: true,
				Sentinel: rueidis.SentinelOption{MasterSet: redistest.MasterName, TLSConfig: primary.TLSConfig()},
			}
			if name == "mTLS" {
				option.Username = "app"
			} else {
				option.Sentinel.Password = "other"
			}
			c, err := rueidis.NewClient(option)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Do(t.Context(), c.B().Set().Key("key").Value("value").Build()).Error(); err != nil {
				t.Error(err)
			}
			if got := get(t, primary, "key"); got != "value" {
				t.Errorf("the primary holds %q", got)
			}
		})
	}
}
