package acceptance_test

import (
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
	loginsuite "github.com/go-pme/pme/middleware/oidclogin/storetest"
)

// suites runs those of both stores over three replicas. They expect that each replica knows at once what the others evict, so
// a busy machine must not cost one of them its lease.
func suites(t *testing.T, cfg fleet.Config) {
	t.Helper()
	cfg.Lease = 500 * time.Millisecond
	t.Run("Tokens", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T, b storetest.Bounds) store.Store {
			bounded := cfg
			bounded.MaxEntries, bounded.MaxPerUser = b.MaxEntries, b.MaxPerUser
			return fleettest.RoundTokens(fleettest.Group(t, 3, bounded))
		})
	})
	t.Run("Sessions", func(t *testing.T) {
		loginsuite.Run(t, func(t *testing.T) login.Store { return fleettest.RoundSessions(fleettest.Group(t, 3, cfg)) })
	})
}

func TestStoresThatGoOnInAnOutage(t *testing.T) {
	t.Parallel()
	suites(t, fleet.Config{Addresses: []string{redistest.Start(t).Addr()}, OnOutage: fleet.MintLocally})
}

func TestStoresOnACluster(t *testing.T) {
	t.Parallel()
	suites(t, fleet.Config{Addresses: redistest.StartCluster(t).Addrs()[:1]})
}

func TestStoresBySentinels(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t, redistest.WithPassword("secret"))
	suites(t, fleet.Config{Addresses: s.Addrs(), Password: "secret", Sentinel: fleet.Sentinel{Master: redistest.MasterName}})
}

func TestStoresAsAUserWithTheDocumentedRightsAndMutualTLS(t *testing.T) {
	t.Parallel()
	rights, _, _ := documented(t)
	server := redistest.Start(t, redistest.WithMutualTLS(), redistest.WithoutDefaultUser(), redistest.WithUser("pme", rights))
	suites(t, fleet.Config{Addresses: []string{server.Addr()}, Username: "pme", Password: "secret", TLS: server.TLSConfig()})
}
