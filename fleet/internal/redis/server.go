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

const policyKey = "maxmemory-policy"

// CheckPolicy fails if the server may drop what is stored when its memory is full: a token that is dropped cannot be
// revoked. A server that does not say gets a warning.
func CheckPolicy(ctx context.Context, client rueidis.Client, logger *slog.Logger) error {
	policy, err := policyOf(ctx, client)
	switch {
	case err != nil:
		if _, ok := rueidis.IsRedisErr(err); !ok {
			return fmt.Errorf("%w: %w", ErrDown, err)
		}
		fallthrough
	case policy == "":
		logger.LogAttrs(ctx, slog.LevelWarn, "maxmemory-policy not known: make sure that it is noeviction", slog.Any("error", err))
		return nil
	case policy != "noeviction":
		return fmt.Errorf("%w: maxmemory-policy is %s: set it to noeviction, as a token that Redis drops cannot be revoked", ErrSetup, policy)
	}
	return nil
}

// policyOf asks for the setting, and if that is not allowed, for what INFO says.
func policyOf(ctx context.Context, client rueidis.Client) (string, error) {
	settings, err := client.Do(ctx, client.B().ConfigGet().Parameter(policyKey).Build()).AsStrMap()
	if err == nil && settings[policyKey] != "" {
		return settings[policyKey], nil
	}
	info, err := client.Do(ctx, client.B().Info().Section("memory").Build()).ToString()
	if err != nil {
		return "", err //nolint:wrapcheck // CheckPolicy sorts it
	}
	for line := range strings.Lines(info) {
		if policy, ok := strings.CutPrefix(strings.TrimSpace(line), "maxmemory_policy:"); ok {
			return policy, nil
		}
	}
	return "", nil
}
