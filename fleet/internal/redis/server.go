package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/redis/rueidis"
)

// ErrSetup means that the server is set up in a way that a fleet cannot work with.
var ErrSetup = errors.New("fleet: Redis is not set up for it")

const (
	policyKey   = "maxmemory-policy"
	replicasKey = "min-replicas-to-write"
)

// CheckPolicy fails if a server may drop what is stored when its memory is full: a token that is dropped cannot be
// revoked. A server that does not say gets a warning.
func CheckPolicy(ctx context.Context, client rueidis.Client, logger *slog.Logger) error {
	for address, node := range client.Nodes() {
		policy, err := policyOf(ctx, node)
		_, answered := rueidis.IsRedisErr(err)
		switch {
		case err != nil && !answered && client.Mode() != rueidis.ClientModeCluster:
			return fmt.Errorf("%w: %w", ErrDown, err)
		case err != nil, policy == "": // of a cluster, a node may be down
			logger.LogAttrs(ctx, slog.LevelWarn, "maxmemory-policy not known: make sure that it is noeviction",
				slog.String("server", address), slog.Any("error", err))
		case policy != "noeviction":
			return fmt.Errorf("%w: maxmemory-policy is %s: set it to noeviction, as a token that Redis drops cannot be revoked", ErrSetup, policy)
		}
	}
	return nil
}

// CheckReplicas warns if a server goes on writing without its replicas: one that is cut off from them would go on renewing
// leases, while another one takes its place. If a server does not say, CheckPolicy has warned.
func CheckReplicas(ctx context.Context, client rueidis.Client, logger *slog.Logger) {
	for address, node := range client.Nodes() {
		replication, _ := infoOf(ctx, node, "replication")
		settings, _ := node.Do(ctx, node.B().ConfigGet().Parameter(replicasKey).Build()).AsStrMap()
		replicas := replication["connected_slaves"]
		if replication["role"] == "master" && replicas != "" && replicas != "0" && settings[replicasKey] == "0" {
			logger.LogAttrs(ctx, slog.LevelWarn, "min-replicas-to-write is 0: set it to 1, and have two replicas, so that a primary that is cut off from them stops writing",
				slog.String("server", address))
		}
	}
}

// policyOf asks for the setting, and if that is not allowed, for what INFO says.
func policyOf(ctx context.Context, client rueidis.Client) (string, error) {
	settings, err := client.Do(ctx, client.B().ConfigGet().Parameter(policyKey).Build()).AsStrMap()
	if err == nil && settings[policyKey] != "" {
		return settings[policyKey], nil
	}
	memory, err := infoOf(ctx, client, "memory")
	return memory["maxmemory_policy"], err
}

// infoOf returns the fields of a section of INFO.
func infoOf(ctx context.Context, client rueidis.Client, section string) (map[string]string, error) {
	text, err := client.Do(ctx, client.B().Info().Section(section).Build()).ToString()
	fields := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	return fields, err //nolint:wrapcheck // CheckPolicy sorts it
}
