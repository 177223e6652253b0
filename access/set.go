package access

// set is a set of small numbers, one bit each.
type set []uint64

func (s *set) add(n int) {
	for n/64 >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[n/64] |= 1 << (n % 64)
}

// has reports whether n, which must not be negative, is in the set.
func (s set) has(n int) bool {
	return n/64 < len(s) && s[n/64]&(1<<(n%64)) != 0
}
