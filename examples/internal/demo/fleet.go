package demo

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/go-pme/pme/fleet"
)

// openFleet joins the fleet that REDIS_URL and PME_FLEET_KEY name. Without REDIS_URL there is none, and it returns nil.
func openFleet(ctx context.Context, env func(string) (string, bool), lease time.Duration, log *slog.Logger) (*fleet.Fleet, error) {
	address, _ := env("REDIS_URL")
	if address == "" {
		return nil, nil //nolint:nilnil // one process alone
	}
	keys, err := fleetKeys(env)
	if err != nil {
		return nil, err
	}
	f, err := fleet.Open(ctx, fleet.Config{URL: address, Keys: keys, Lease: lease, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL and PME_FLEET_KEY: %w", err)
	}
	return f, nil
}

// fleetKeys reads PME_FLEET_KEY: keys of 32 bytes in base64, the newest first, separated by commas.
func fleetKeys(env func(string) (string, bool)) ([][]byte, error) {
	text, _ := env("PME_FLEET_KEY")
	var keys [][]byte
	for part := range strings.SplitSeq(text, ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(part))
		if err != nil || len(key) != 32 {
			return nil, errors.New("PME_FLEET_KEY must be 32 bytes in base64, or several such keys, the newest first, separated by commas: openssl rand -base64 32")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// cookieKeys returns a key that authenticates cookies and one that encrypts them: those that belong to SESSION_KEY, or new
// ones, with which whoever was signed in when the program ended has to sign in again.
func cookieKeys(env func(string) (string, bool)) ([][]byte, error) {
	text, set := env("SESSION_KEY")
	if !set || text == "" {
		text = rand.Text() + rand.Text()
	}
	if len(text) < 32 {
		return nil, errors.New("SESSION_KEY must have at least 32 bytes: openssl rand -base64 32")
	}
	keys, err := hkdf.Key(sha256.New, []byte(text), nil, "cookies", 64)
	if err != nil {
		return nil, err
	}
	return [][]byte{keys[:32], keys[32:]}, nil
}
