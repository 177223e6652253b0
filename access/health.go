package access

import (
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

// healthFile says that the file differs from the rules in force. Unauthenticated probes show it.
const healthFile = health.Degraded("the newest rules cannot be loaded, the last good ones are in force")

// parts is embedded under a name that is not exported, and has no exported methods.
type parts = condition.Parts

var _ condition.Reporting = (*File)(nil)
