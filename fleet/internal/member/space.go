package member

import "github.com/go-pme/pme/fleet/internal/vault"

// A Space makes the keys of one fleet. All share one hash tag: a script may touch any of them in a cluster.
type Space struct{ prefix string }

// NewSpace returns the keys of a namespace.
func NewSpace(namespace string) Space { return Space{"{pme:" + namespace + "}:"} }

// Fleet is the hash that every script begins with.
func (s Space) Fleet() string { return s.prefix + "fleet" }

// Channel is where replicas are told that something happened.
func (s Space) Channel() string { return s.prefix + "events" }

// Of is the key of something of a kind.
func (s Space) Of(kind, name string) string { return s.prefix + kind + ":" + name }

func (s Space) log() string     { return s.prefix + "log" }
func (s Space) members() string { return s.prefix + "members" }

// Generation is the key of a generation.
func (s Space) Generation(name string) string { return s.Of("g", name) }

// Owners is the hash of the members that have something to do after a revocation.
func (s Space) Owners() string { return s.prefix + "owners" }

// Deletions are the tokens that a member has to delete at Matterport.
func (s Space) Deletions(member string) string { return s.Of("d", member) }

// Collections are the revocations whose tokens a member has to collect.
func (s Space) Collections(member string) string { return s.Of("e", member) }

// generations is the key of the generation of what r names, if there is one.
func (s Space) generations(r *Record, n *vault.Names) []string {
	what, ok := r.subject()
	if !ok {
		return nil
	}
	return []string{s.Generation(what.name(n))}
}
