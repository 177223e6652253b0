package acceptance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestServerThatClosesIdleConnections(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithConfig("timeout 1"))
	// Between two steps of such a lease, the server closes the connections.
	f := fleettest.Open(t, fleet.Config{URL: server.URL(), Lease: 10 * time.Second})
	list := server.Client(t)
	idle := func() bool {
		clients, err := list.Do(t.Context(), list.B().Arbitrary("CLIENT", "LIST", "TYPE", "normal").Build()).ToString()
		return err == nil && strings.Count(clients, "\n") == 1 // the one that asks
	}
	rounds := 4
	if fleettest.Long() {
		rounds = 20
	}
	for round := range rounds {
		fleettest.Eventually(t, "the server has closed the connections", idle)
		if err := call(t, f, round); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
}

// call calls Redis once by each way.
func call(t *testing.T, f *fleet.Fleet, round int) error {
	t.Helper()
	e := fleettest.Token(fmt.Sprint(round), fmt.Sprint("user", round))
	if round%2 == 0 {
		claim, err := f.Tokens().Claim(t.Context(), e.Key, f.Tokens().Mark(), time.Minute)
		if err != nil {
			return err
		}
		return f.Tokens().Put(t.Context(), claim, e, time.Hour)
	}
	_, err := f.Sessions().Load(t.Context(), fmt.Sprint("name", round))
	return err
}
