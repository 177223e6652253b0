// Package limit counts for all replicas how often someone causes a call elsewhere.
package limit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
)

// Spend is that of a store. It counts in whole milliseconds. If Redis' answer is lost on the way, it is an error, though it may
// have been counted: it is not repeated.
func Spend(ctx context.Context, c *redis.Conn, space member.Space, n *vault.Names, name string, burst int, every time.Duration) (time.Duration, error) {
	one := max(every.Milliseconds(), 1)
	verdict, rest, err := c.RunOnce(ctx, script.Spend, []string{space.Fleet(), space.Of("l", n.Of("limit", name))},
		[]string{strconv.FormatInt(one, 10), strconv.FormatInt(int64(burst)*one, 10)})
	switch {
	case err != nil:
		return 0, err
	case verdict == "ok":
		return 0, nil
	case verdict != "wait" || len(rest) != 1:
		return 0, fmt.Errorf("fleet: spend answers %q", verdict)
	}
	text, err := redis.Text(&rest[0])
	if err != nil {
		return 0, err
	}
	wait, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("fleet: spend answers with something else: %w", err)
	}
	return time.Duration(wait) * time.Millisecond, nil
}
