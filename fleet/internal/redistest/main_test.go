//go:build unix

package redistest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/goleak"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestMain(m *testing.M) {
	// A cluster client of rueidis leaves these asleep for up to 5 s after Close, to look at the topology again.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*call).DelayDo.func1"),
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*clusterClient)._refresh.func2"))
}

func leaveOutIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("without Redis, as -short is given")
	}
}

// eventually checks something until it is so.
func eventually(t *testing.T, what string, check func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for err := check(ctx); err != nil; err = check(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// within returns a context of one call.
func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// connect returns a client of its own, with what it needs to know from the URL.
func connect(t *testing.T, s *redistest.Server, url string) (rueidis.Client, error) {
	t.Helper()
	option, err := rueidis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	option.TLSConfig, option.DisableCache, option.ForceSingleClient = s.TLSConfig(), true, true
	client, err := rueidis.NewClient(option)
	if err == nil {
		t.Cleanup(client.Close)
	}
	return client, err
}

func set(t *testing.T, s *redistest.Server, value string) {
	t.Helper()
	c := s.Client(t)
	if err := c.Do(t.Context(), c.B().Set().Key("key").Value(value).Build()).Error(); err != nil {
		t.Fatal(err)
	}
}

// get returns the value of a key, or "" if there is none.
func get(t *testing.T, s *redistest.Server, key string) string {
	t.Helper()
	c := s.Client(t)
	value, err := c.Do(t.Context(), c.B().Get().Key(key).Build()).ToString()
	if err != nil && !rueidis.IsRedisNil(err) {
		t.Fatal(err)
	}
	return value
}

func ping(ctx context.Context, c rueidis.Client) error {
	return c.Do(ctx, c.B().Ping().Build()).Error()
}

var errStill = errors.New("not yet")
