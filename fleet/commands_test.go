package fleet_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

// slow returns how many calls took a millisecond, and the longest of them in microseconds.
func slow(t *testing.T, client rueidis.Client) (calls int, longest int64) {
	t.Helper()
	entries, err := client.Do(t.Context(), client.B().Arbitrary("SLOWLOG", "GET", "-1").Build()).ToArray()
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		parts, _ := entries[i].ToArray()
		took, _ := parts[2].AsInt64()
		longest = max(longest, took)
	}
	return len(entries), longest
}

// Redis does one thing at a time: what takes it long stops all replicas.
func TestRedisIsAskedForNothingThatTakesLong(t *testing.T) {
	const n = 10_000
	server := redistest.Start(t, redistest.WithConfig("slowlog-log-slower-than 1000", "slowlog-max-len 10000"))
	all := fleettest.Group(t, 3, fleet.Config{URL: server.URL()})
	fill(t, all[0].Tokens(), 0, n, func(e *store.Entry) { e.Key.Models = "everyone" })
	fill(t, all[0].Tokens(), n, n+n/10, nil)
	for e, err := range all[1].Tokens().Entries(t.Context()) {
		if e == nil || err != nil {
			t.Fatal(e, err)
		}
	}
	for _, sel := range []store.Selector{{User: crowdKey(1).User}, {Token: crowdEntry(2).Token}, {Model: "everyone"}, {All: true}} {
		if gone, err := all[2].Tokens().Evict(t.Context(), sel); len(gone) == 0 || err != nil {
			t.Fatal(len(gone), err)
		}
	}
	info := server.Client(t)
	text, err := info.Do(t.Context(), info.B().Info().Section("commandstats").Build()).ToString()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"keys", "scan", "sscan", "hscan", "zscan", "smembers", "sort", "hkeys", "flushall"} {
		if strings.Contains(text, "cmdstat_"+command+":") {
			t.Errorf("it calls %s", command)
		}
	}
	// On a busy machine some calls take long whatever they do.
	_, after, _ := strings.Cut(text, "cmdstat_evalsha:")
	_, after, _ = strings.Cut(after, "usec_per_call=")
	number, _, _ := strings.Cut(after, ",")
	mean, err := strconv.ParseFloat(number, 64)
	if err != nil || mean > 1000 {
		t.Errorf("a script takes %v us on average, %v", mean, err)
	}
	calls, longest := slow(t, info)
	t.Logf("a script takes %v us on average; %d calls take a millisecond or more, and the longest %d us", mean, calls, longest)
}
