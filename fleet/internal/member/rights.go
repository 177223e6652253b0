package member

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
)

// Probe connects, and fails as a member would at its start. It does NOT become one.
func Probe(ctx context.Context, cfg Config) error {
	if err := cfg.Conn.Open(); err != nil {
		return redis.Sort(err)
	}
	return (&Member{cfg: cfg}).check(ctx)
}

// check fails if the server, or the user, is not what a fleet needs.
func (m *Member) check(ctx context.Context) error {
	if err := m.cfg.Conn.CheckKind(ctx); err != nil {
		return err
	}
	if err := m.checkRights(ctx); err != nil {
		return err
	}
	if m.cfg.WaitReplicas > 0 {
		if _, err := m.cfg.Conn.Replicated(ctx, m.cfg.Space.Fleet(), 0, time.Millisecond); err != nil {
			return err
		}
	}
	return m.cfg.Check(ctx, m.cfg.Conn.Client())
}

// checkRights fails if the user may not call a command that some script calls, perhaps only after a fail-over. It names all of
// them: what Redis says of a script leaves the command out.
func (m *Member) checkRights(ctx context.Context) error {
	var keys []string
	for _, kind := range []string{"hash", "text", "set"} {
		keys = append(keys, m.cfg.Space.Of("test", rand.Text()+" "+kind))
	}
	_, rest, err := m.cfg.Conn.RunAnyway(ctx, script.Rights, keys, nil)
	if err != nil {
		return err
	}
	missing, err := redis.Strings(rest)
	if err != nil {
		return err
	}
	if len(missing) != 0 {
		return fmt.Errorf("%w: NOPERM: the user lacks these rights, see docs/fleet.md: +%s", redis.ErrSetup, strings.Join(missing, " +"))
	}
	return nil
}
