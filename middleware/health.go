package middleware

import (
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

var (
	_ health.Reporter = (*Gate)(nil)
	_ health.Reporter = chain(nil)
)

// HealthParts implements [health.Reporter]: the parts of the Recognizer if it is one, those of all gates for a
// gate of [First], and a part for Revocations if there are any.
func (g *Gate) HealthParts() []health.Part { return condition.Of(g.recognizer, g.revocations) }

// HealthParts implements [health.Reporter].
func (c chain) HealthParts() []health.Part {
	var parts []health.Part
	for _, g := range c {
		parts = append(parts, g.HealthParts()...)
	}
	return parts
}
