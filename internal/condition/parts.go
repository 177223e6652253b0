package condition

import (
	"slices"

	"github.com/go-pme/pme/health"
)

// Parts is embedded in types of other packages whose parts the root package shows. It has no exported methods,
// so that these types have none for it either.
type Parts struct{ list []health.Part }

func (p *Parts) parts() []health.Part { return p.list }

// A Reporting has embedded [Parts].
type Reporting interface{ parts() []health.Part }

// Add adds parts. It is for constructors: it must not run at the same time as [Of].
func Add(p *Parts, parts ...health.Part) { p.list = append(p.list, parts...) }

// Of returns the parts of each of them that is a [health.Reporter] or a [Reporting].
func Of(all ...any) []health.Part {
	var parts []health.Part
	for _, one := range all {
		switch one := one.(type) {
		case health.Reporter:
			parts = append(parts, one.HealthParts()...)
		case Reporting:
			parts = append(parts, one.parts()...)
		}
	}
	return slices.Clip(parts)
}

// Reports tells whether something says itself how it is. What its calls return is not noted then: a call that fails says
// nothing about later ones, and there may be none for a long time.
func Reports(one any) bool {
	_, ok := one.(health.Reporter)
	return ok
}
