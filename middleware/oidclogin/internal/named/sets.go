// Package named knows which groups are named by the policies behind a login, and so which groups of a user a
// session has to have.
package named

import (
	"crypto/sha256"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/go-pme/pme/internal/spelling"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

// Sets are the groups that all policies behind one login name. The zero Sets name every group. They are safe
// for concurrent use.
type Sets struct {
	current atomic.Pointer[Set]

	mu      sync.Mutex // guards what follows
	sources []func() []string
	all     bool
}

// Add adds the groups that a policy names at the time, or every group if names is nil.
func (s *Sets) Add(names func() []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = s.all || names == nil
	s.sources = append(s.sources, names)
	s.refresh()
}

// Refresh asks the policies anew and reports whether they name other groups than before.
func (s *Sets) Refresh() (changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh()
}

func (s *Sets) refresh() (changed bool) {
	set := everyGroup
	if !s.all && len(s.sources) > 0 {
		var names []string
		for _, source := range s.sources {
			names = append(names, source()...)
		}
		slices.Sort(names)
		set = newSet(slices.Compact(names))
	}
	changed = s.Current().id != set.id
	if changed {
		s.current.Store(set)
	}
	return changed
}

// Current returns the groups that the policies named when they were last asked.
func (s *Sets) Current() *Set {
	if set := s.current.Load(); set != nil {
		return set
	}
	return everyGroup
}

// A Set is the names of groups, or all that there can be. It is never changed.
type Set struct {
	id     string // tells sets apart
	all    bool
	keys   map[string]bool // as package spelling has them
	prints map[fingerprint]bool
}

// idLength is how many bytes tell sets apart.
const idLength = 8

var everyGroup = &Set{id: "everyone", all: true}

func newSet(names []string) *Set {
	sum := sha256.Sum256(sealed.AppendNames(nil, names))
	set := &Set{id: string(sum[:idLength]), keys: make(map[string]bool, len(names)), prints: make(map[fingerprint]bool, len(names))}
	for _, name := range names {
		key := spelling.Key(name)
		set.keys[key] = true
		set.prints[printOf(key)] = true
	}
	return set
}

// NamesAny reports whether the set has names, and not simply every group.
func (s *Set) NamesAny() bool { return len(s.keys) > 0 }

// Divide returns those of groups that the set has, and what is to be remembered of the others. A group that
// differs from one of the set in its spelling only is returned too: it gives no access, but explains why
// there is none.
func (s *Set) Divide(groups []string) (has []string, rest Rest) {
	if s.all {
		return groups, Rest{}
	}
	var others []string
	for _, group := range groups {
		if key := spelling.Key(group); s.keys[key] {
			has = append(has, group)
		} else {
			others = append(others, key)
		}
	}
	return has, s.rest(others)
}
