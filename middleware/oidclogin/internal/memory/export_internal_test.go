package memory

// Len returns how many uses and values are stored.
func Len(s *Store) int { return len(s.uses) + len(s.values.byName) }
