package fleet_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

func wantNoFleet(t *testing.T, cfg fleet.Config, want string) {
	t.Helper()
	cfg.Logger = slog.New(slog.DiscardHandler)
	f, err := fleet.Open(t.Context(), cfg)
	if err == nil {
		_ = f.Close()
	}
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v, want an error with %q", err, want)
	}
}

func TestServerThatDropsTokensIsRefused(t *testing.T) {
	server := redistest.Start(t, redistest.WithMaxMemory("50mb", "allkeys-lru"))
	wantNoFleet(t, fleet.Config{URL: server.URL(), Keys: [][]byte{key}}, "maxmemory-policy is allkeys-lru")
	open(t, fleet.Config{URL: server.URL(), AnyPolicy: true})
}

func TestWhatOnlyTheOperatorCanHealEndsTheStart(t *testing.T) {
	server := redistest.Start(t, redistest.WithPassword("secret"))
	wantNoFleet(t, fleet.Config{Addresses: []string{server.Addr()}, Keys: [][]byte{key}}, "NOAUTH")
	wantNoFleet(t, fleet.Config{Addresses: []string{server.Addr()}, Password: "wrong", Keys: [][]byte{key}}, "WRONGPASS")
	open(t, fleet.Config{URL: server.URL(), Namespace: "taken"})
	wantNoFleet(t, fleet.Config{URL: server.URL(), Namespace: "taken", Keys: [][]byte{bytes.Repeat([]byte("o"), 32)}}, "Keys")
}
