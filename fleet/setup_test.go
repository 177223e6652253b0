package fleet_test

import (
	"bytes"
	"errors"
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

func TestProbeSaysWhatOpenWouldAndLeavesNothing(t *testing.T) {
	server := redistest.Start(t, redistest.WithPassword("secret"))
	cfg := fleet.Config{Addresses: []string{server.Addr()}, Password: "secret", Keys: [][]byte{key}, Logger: slog.New(slog.DiscardHandler)}
	if err := fleet.Probe(t.Context(), cfg); err != nil {
		t.Error(err)
	}
	if n, err := server.Client(t).Do(t.Context(), server.Client(t).B().Dbsize().Build()).ToInt64(); err != nil || n != 0 {
		t.Errorf("%d keys are left, %v", n, err)
	}
	wrong := cfg
	wrong.Password = "not it"
	if err := fleet.Probe(t.Context(), wrong); err == nil || errors.Is(err, fleet.ErrUnavailable) || !strings.Contains(err.Error(), "WRONGPASS") {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := fleet.Probe(t.Context(), fleet.Config{}); err == nil || errors.Is(err, fleet.ErrUnavailable) {
		t.Errorf("without configuration: %v", err)
	}
	lossy := redistest.Start(t, redistest.WithMaxMemory("50mb", "allkeys-lru"))
	if err := fleet.Probe(t.Context(), fleet.Config{URL: lossy.URL(), Keys: [][]byte{key}}); err == nil || !strings.Contains(err.Error(), "noeviction") {
		t.Errorf("of a server that drops tokens: %v", err)
	}
	full := redistest.Start(t, redistest.WithMaxMemory("1mb", "noeviction")) // less than it uses itself
	if err := fleet.Probe(t.Context(), fleet.Config{URL: full.URL(), Keys: [][]byte{key}, WaitReplicas: 1}); err != nil && !errors.Is(err, fleet.ErrUnavailable) {
		t.Errorf("of a server without memory, which Open waits for: %v", err)
	}
	server.Kill(t)
	if err := fleet.Probe(t.Context(), cfg); !errors.Is(err, fleet.ErrUnavailable) {
		t.Errorf("of a dead server: %v", err)
	}
}
