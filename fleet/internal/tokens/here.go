package tokens

import (
	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/issuer/store"
)

// RevokedSince reports whether this process has applied a revocation of the key since the mark, or cannot tell.
func (s *Store) RevokedSince(key store.Key, mark store.Mark) bool {
	return string(mark) != s.member.AppliedText() &&
		s.cache.revokedSince(key, member.ParsePosition(string(mark)), s.member.Applied())
}

// EvictHere revokes in this process only, and returns the entries that it has cached.
func (s *Store) EvictHere(sel store.Selector) []*store.Entry {
	found := s.cache.selected(sel)
	s.member.ApplyHere(&member.Record{Tokens: &sel, Life: generationLife.Milliseconds()})
	return found
}

// Orphaned has entries deleted at Matterport.
func (s *Store) Orphaned(entries []*store.Entry) { s.orphans.found(entries) }

// TokenRevokedSince reports whether this process has applied a revocation of the token by its name since the mark.
func (s *Store) TokenRevokedSince(e *store.Entry, mark store.Mark) bool {
	return s.cache.isDead(e, member.ParsePosition(string(mark)), s.member.History())
}

// SameEpoch reports whether the mark can be compared with what is in Redis.
func (s *Store) SameEpoch(mark store.Mark) bool {
	return member.ParsePosition(string(mark)).Epoch == s.member.Applied().Epoch
}
