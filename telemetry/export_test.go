package telemetry

import (
	"slices"

	"github.com/go-pme/pme/event"
)

// Kinds returns the kinds of events that are counted, or left out on purpose.
func Kinds() []event.Kind {
	all := slices.Clone(uncounted)
	for _, c := range counters {
		for _, s := range c.series {
			all = append(all, s.kind)
		}
	}
	return all
}

// OwnParts returns the names of the parts that pme has.
func OwnParts() []string { return ownParts }
