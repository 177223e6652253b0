package fleet_test

import (
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
	loginsuite "github.com/go-pme/pme/middleware/oidclogin/storetest"
)

func TestTokenStore(t *testing.T) {
	server := redistest.Start(t)
	storetest.Run(t, func(t *testing.T, b storetest.Bounds) store.Store {
		return open(t, fleet.Config{URL: server.URL(), MaxEntries: b.MaxEntries, MaxPerUser: b.MaxPerUser}).Tokens()
	})
}

func TestSessionStore(t *testing.T) {
	server := redistest.Start(t)
	loginsuite.Run(t, func(t *testing.T) login.Store { return open(t, fleet.Config{URL: server.URL()}).Sessions() })
}
