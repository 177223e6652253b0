package acceptance_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
)

// documented returns the rights in docs/fleet.md for a user with the password secret, and those that a topology needs on top.
func documented(t *testing.T) (rights string, withSentinels, inCluster []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^user pme on (.*)$`).FindSubmatch(text)
	more := regexp.MustCompile("With Sentinels, that user also needs `([^`]*)`. In a cluster, it needs `([^`]*)`").FindSubmatch(text)
	if line == nil || more == nil {
		t.Fatal("docs/fleet.md does not have the line with the rights, or what to add to it")
	}
	rights = strings.NewReplacer("PASSWORD", "secret", "{pme:default}", "{pme:*}").Replace(string(line[1]))
	return rights, strings.Fields(string(more[1])), strings.Fields(string(more[2]))
}

func without(rights string, missing ...string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(rights), func(right string) bool { return slices.Contains(missing, right) }), " ")
}

// asUser opens a fleet as a user with these rights, and returns what it logs.
func asUser(t *testing.T, cfg fleet.Config) (*fleet.Fleet, *bytes.Buffer, error) {
	t.Helper()
	var log bytes.Buffer
	cfg.Username, cfg.Password, cfg.Logger = "pme", "secret", slog.New(slog.NewTextHandler(&log, nil))
	f, err := fleet.Open(t.Context(), fleettest.Config(cfg))
	if err == nil {
		t.Cleanup(func() { _ = f.Close() })
	}
	return f, &log, err
}

// works stores a token, and revokes it on another replica.
func works(t *testing.T, f, other *fleet.Fleet) {
	t.Helper()
	e := fleettest.Token("1", "carol")
	fleettest.Put(t, f.Tokens(), e)
	if !fleettest.Has(other.Tokens(), e.Key) {
		t.Error("another replica does not serve the token")
	}
	if gone, err := other.Tokens().Evict(t.Context(), store.Selector{User: "carol"}); err != nil || len(gone) != 1 {
		t.Errorf("Evict: %d tokens, %v", len(gone), err)
	}
	if fleettest.Has(f.Tokens(), e.Key) {
		t.Error("the token is served after it was revoked")
	}
}

func TestEachDocumentedRightIsNeeded(t *testing.T) {
	t.Parallel()
	rights, _, _ := documented(t)
	server := redistest.Start(t, redistest.WithoutDefaultUser())
	as := func(t *testing.T, rules string) fleet.Config {
		t.Helper()
		server.SetUser(t, "pme", rules)
		return fleet.Config{Addresses: []string{server.Addr()}, Namespace: fleettest.Namespace()}
	}
	t.Run("All", func(t *testing.T) {
		cfg := as(t, rights)
		f, log, err := asUser(t, cfg)
		if err != nil || log.Len() != 0 {
			t.Fatalf("%v, and the log has: %s", err, log)
		}
		other, _, err := asUser(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		works(t, f, other)
	})
	for right := range strings.FieldsSeq(rights) {
		if !strings.HasPrefix(right, "+") {
			continue
		}
		t.Run(right, func(t *testing.T) {
			cfg := as(t, without(rights, right))
			f, log, err := asUser(t, cfg)
			switch right {
			case "+publish", "+subscribe", "+config|get", "+info": // CONFIG GET or INFO is enough to know the policy
				if err != nil || log.Len() != 0 {
					t.Fatalf("%v, and the log has: %s", err, log)
				}
				works(t, f, f)
			default:
				if err == nil || !strings.Contains(err.Error(), "NOPERM") || !strings.Contains(err.Error(), strings.TrimPrefix(right, "+")) {
					t.Errorf("the error does not name the right: %v", err)
				}
			}
		})
	}
}

func TestOptionalRights(t *testing.T) {
	t.Parallel()
	rights, _, _ := documented(t)
	t.Run("NoEvents", func(t *testing.T) {
		server := redistest.Start(t, redistest.WithUser("pme", without(rights, "+publish", "+subscribe", "&{pme:*}:*")))
		cfg := fleet.Config{Addresses: []string{server.Addr()}, Namespace: fleettest.Namespace()}
		f, log, err := asUser(t, cfg)
		other, _, otherErr := asUser(t, cfg)
		if err := errors.Join(err, otherErr); err != nil || log.Len() != 0 {
			t.Fatalf("%v, and the log has: %s", err, log)
		}
		works(t, f, other)
	})
	t.Run("NoSettings", func(t *testing.T) {
		server := redistest.Start(t, redistest.WithUser("pme", without(rights, "+config|get", "+info")))
		_, log, err := asUser(t, fleet.Config{Addresses: []string{server.Addr()}})
		if err != nil || !strings.Contains(log.String(), "maxmemory-policy not known") || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%v, and the log has: %s", err, log)
		}
	})
	t.Run("NoKeys", func(t *testing.T) {
		server := redistest.Start(t, redistest.WithUser("pme", without(rights, "~{pme:*}:*")))
		if _, _, err := asUser(t, fleet.Config{Addresses: []string{server.Addr()}}); err == nil || !strings.Contains(err.Error(), "keys") {
			t.Errorf("without a right to its keys: %v", err)
		}
	})
}

func TestRightsByTopology(t *testing.T) {
	t.Parallel()
	rights, withSentinels, inCluster := documented(t)
	t.Run("Sentinels", func(t *testing.T) {
		all := rights + " " + strings.Join(withSentinels, " ")
		s := redistest.StartSentinel(t, redistest.WithUser("pme", all), redistest.WithoutDefaultUser())
		cfg := fleet.Config{Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}, Namespace: fleettest.Namespace()}
		f, _, err := asUser(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		works(t, f, f)
		for _, right := range withSentinels {
			s.Primary(t).SetUser(t, "pme", without(all, right))
			wantMissing(t, cfg, right)
		}
	})
	t.Run("Cluster", func(t *testing.T) {
		all := rights + " " + strings.Join(inCluster, " ")
		c := redistest.StartCluster(t, redistest.WithUser("pme", all), redistest.WithoutDefaultUser())
		cfg := fleet.Config{Addresses: c.Addrs()[:1], Namespace: fleettest.Namespace()}
		f, _, err := asUser(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		works(t, f, f)
		for _, right := range inCluster {
			if right == "+cluster|shards" { // Redis 8 is asked for it
				continue
			}
			for _, node := range c.Nodes() {
				node.SetUser(t, "pme", without(all, right))
			}
			wantMissing(t, cfg, right)
		}
	})
}

func wantMissing(t *testing.T, cfg fleet.Config, right string) {
	t.Helper()
	if _, _, err := asUser(t, cfg); err == nil || !strings.Contains(err.Error(), "NOPERM") || !strings.Contains(err.Error(), strings.TrimPrefix(right, "+")) {
		t.Errorf("without %s: the error does not name it: %v", right, err)
	}
}
