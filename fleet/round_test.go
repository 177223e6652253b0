package fleet_test

import (
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
	loginsuite "github.com/go-pme/pme/middleware/oidclogin/storetest"
)

func TestTokenStoreOfEightReplicas(t *testing.T) {
	server := redistest.Start(t)
	storetest.Run(t, func(t *testing.T, b storetest.Bounds) store.Store {
		all := fleettest.Group(t, 8, fleet.Config{URL: server.URL(), MaxEntries: b.MaxEntries, MaxPerUser: b.MaxPerUser})
		return fleettest.RoundTokens(all)
	})
}

func TestSessionStoreOfEightReplicas(t *testing.T) {
	server := redistest.Start(t)
	loginsuite.Run(t, func(t *testing.T) login.Store {
		return fleettest.RoundSessions(replicas(t, server.URL(), 8))
	})
}
