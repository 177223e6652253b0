package member

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/health"
)

const (
	noLease = health.Degraded("Redis does not answer, so this replica holds no lease")
	trouble = health.Degraded("Redis cannot be used")
)

var _ health.Reporter = (*Member)(nil)

// HealthParts implements [health.Reporter]. What shares the member reports it too, in place of how its own calls went.
func (m *Member) HealthParts() []health.Part {
	return []health.Part{{Name: "fleet", Check: m.holdsLease}}
}

func (m *Member) holdsLease(context.Context) error {
	switch problem := m.Problem(); {
	case m.Leased():
		return nil
	case problem != nil && !errors.Is(problem, redis.ErrDown):
		return fmt.Errorf("%w: %w", trouble, problem)
	}
	return noLease
}
