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
type Seam struct {
	owner   any
	version func() Version
}

// NewSeam returns the seam of a policy, its owner.
func NewSeam(owner any, version func() Version) Seam { return Seam{owner, version} }

func (s Seam) reviewed() (owner any, v Version) { return s.owner, s.version() }

// Of returns the rules in force of a policy of package access. It is false for other policies, also for those that embed one.
func Of(policy any) (Version, bool) {
	r, ok := policy.(interface{ reviewed() (any, Version) })
	if !ok {
		return Version{}, false
	}
	owner, v := r.reviewed()
	return v, owner == policy
}
