//go:build linux

package ship_test

import (
	"context"
	"crypto/rand"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
)

// The Redis of the manifests has what a fleet needs: its rights, and a policy that drops nothing.
func TestTheFleetOpensOnTheRedisOfTheManifests(t *testing.T) {
	if testing.Short() {
		t.Skip("servers are not started with -short")
	}
	server, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("Redis is not installed: apt-get install redis-server, or leave this test out with -short")
	}
	all, dir := objects(t), t.TempDir()
	conf := strings.NewReplacer("/data", dir, "/etc/redis-users", dir).Replace(all["ConfigMap pme-redis"].Data["redis.conf"])
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close()
	conf += "bind 127.0.0.1\nport " + address[strings.LastIndex(address, ":")+1:] + "\n"
	for name, text := range map[string]string{"redis.conf": conf, "users.acl": strings.ReplaceAll(all["Secret pme-redis"].Strings["users.acl"], "REPLACE", "password")} {
		if err := put(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(context.Background(), server, filepath.Join(dir, "redis.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = cmd.Process.Kill(), cmd.Wait() }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	for { // Open takes a server that does not answer for an outage, and would check nothing
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	f, err := fleet.Open(ctx, fleet.Config{Addresses: []string{address}, Username: "pme", Password: "password", Keys: [][]byte{key}})
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}
