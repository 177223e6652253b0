//go:build unix

package redistest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestCluster(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]redistest.Option{
		"plain": nil,
		"mTLS":  {redistest.WithMutualTLS(), redistest.WithPassword("secret")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := redistest.StartCluster(t, opts...)
			client := clusterClient(t, c)
			const key = "{tag}key"
			put(t, client, key, "value")
			put(t, client, "{tag}other", "value")
			slot := c.Slot(t, key)
			old := c.Owner(t, slot)
			next := c.Nodes()[(slices.Index(c.Nodes(), old)+1)%3]

			move := c.BeginMove(t, slot, next)
			wantError(t, old, "ASK", "GET", "{tag}missing")
			move.Key(t, key)
			wantError(t, old, "TRYAGAIN", "MGET", key, "{tag}other")
			wantValue(t, client, key)
			move.Abort(t)
			if c.Owner(t, slot) != old || get(t, old, key) != "value" {
				t.Error("the slot has moved after Abort")
			}

			c.MoveSlot(t, slot, next)
			if c.Owner(t, slot) != next || get(t, next, key) != "value" {
				t.Error("the slot has not moved")
			}
			wantError(t, old, "MOVED", "GET", key)
			wantValue(t, client, key)
		})
	}
}

func TestClusterNodeRestarts(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, redistest.WithAppendOnly())
	client := clusterClient(t, c)
	for i := range 30 {
		put(t, client, fmt.Sprint("key ", i), "value")
	}
	node := c.Nodes()[1]
	if !strings.Contains(string(node.Dump(t)), "value") {
		t.Error("the node holds no key")
	}
	node.Kill(t)
	node.Restart(t)
	c.Await(t)
	for i := range 30 {
		wantValue(t, client, fmt.Sprint("key ", i))
	}
}

func clusterClient(t *testing.T, c *redistest.Cluster) rueidis.Client {
	t.Helper()
	option, err := rueidis.ParseURL(c.Nodes()[0].URL())
	if err != nil {
		t.Fatal(err)
	}
	option.InitAddress, option.TLSConfig, option.DisableCache = c.Addrs(), c.Nodes()[0].TLSConfig(), true
	client, err := rueidis.NewClient(option)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func put(t *testing.T, c rueidis.Client, key, value string) {
	t.Helper()
	if err := c.Do(t.Context(), c.B().Set().Key(key).Value(value).Build()).Error(); err != nil {
		t.Fatal(err)
	}
}

func wantValue(t *testing.T, c rueidis.Client, key string) {
	t.Helper()
	if value, err := c.Do(t.Context(), c.B().Get().Key(key).Build()).ToString(); value != "value" || err != nil {
		t.Errorf("the value is %q, %v", value, err)
	}
}

func wantError(t *testing.T, s *redistest.Server, want string, command ...string) {
	t.Helper()
	c := s.Client(t)
	if err := c.Do(t.Context(), c.B().Arbitrary(command...).Build()).Error(); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v: %v, want %s", command, err, want)
	}
}
