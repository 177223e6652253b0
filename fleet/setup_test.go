package fleet_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

// rights is the ACL of docs/fleet.md.
const rights = "on >secret resetkeys resetchannels ~{pme:default}:* &{pme:default}:* -@all +eval +evalsha +hget +hset +hsetnx +hmget +hgetall +hdel +hexists " +
	"+hlen +hvals +hincrby +get +set +del +pttl +pexpire +zadd +zrem +zrange +zrangebyscore +zremrangebyrank +zremrangebyscore +zscore +zcard +publish +subscribe"

func TestTheDocumentedRightsAreEnough(t *testing.T) {
	server := redistest.Start(t, redistest.WithUser("pme", rights))
	var log bytes.Buffer
	f, err := fleet.Open(t.Context(), fleet.Config{
		URL: server.UserURL("pme", "secret"), Keys: [][]byte{key}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if !strings.Contains(log.String(), "maxmemory-policy not known") {
		t.Errorf("no warning: %s", &log)
	}
}

func TestMissingRightsEndTheStart(t *testing.T) {
	for _, missing := range []string{"hset", "hgetall", "hdel", "get", "set", "del", "zadd", "zrem", "zrange", "hincrby", "eval"} {
		server := redistest.Start(t, redistest.WithUser("pme", strings.Replace(rights+" ", "+"+missing+" ", "", 1)))
		wantNoFleet(t, fleet.Config{URL: server.UserURL("pme", "secret"), Keys: [][]byte{key}}, "")
	}
}

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
