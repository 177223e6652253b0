// Package reviewed lets package review see the rules of a policy of package access.
package reviewed

import "github.com/go-pme/pme/access/internal/compiled"

// A Version is the rules in force, and where they come from.
type Version struct {
	Table *compiled.Table
	File  string // base name; empty for rules in code
	Hash  string
	Lines []int // of the rules; empty for rules in code
}

// Seam is embedded in a policy under a name that is not exported, and has no exported methods.
type Seam struct{ version func() Version }

// NewSeam returns the seam of a policy.
func NewSeam(version func() Version) Seam { return Seam{version} }

func (s Seam) reviewed() Version { return s.version() }

// Of returns the rules in force of a policy of package access. It is false for other policies.
func Of(policy any) (Version, bool) {
	r, ok := policy.(interface{ reviewed() Version })
	if !ok {
		return Version{}, false
	}
	return r.reviewed(), true
}
