package compiled

import (
	"iter"
	"math/bits"
	"slices"
)

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

// addAll adds all numbers of more.
func (s *set) addAll(more set) {
	if missing := len(more) - len(*s); missing > 0 {
		*s = append(*s, make(set, missing)...)
	}
	for i, word := range more {
		(*s)[i] |= word
	}
}

// removeAll removes all numbers of others.
func (s set) removeAll(others set) {
	for i := range s[:min(len(s), len(others))] {
		s[i] &^= others[i]
	}
}

// both returns the numbers that are in both sets, in their order.
func both(a, b set) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range a[:min(len(a), len(b))] {
			for word := a[i] & b[i]; word != 0; word &= word - 1 {
				if !yield(64*i + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// clone returns a copy of the set.
func (s set) clone() set { return slices.Clone(s) }

// all returns the numbers in the set, in their order.
func (s set) all() iter.Seq[int] { return both(s, s) }

// remove removes n, which must not be negative.
func (s set) remove(n int) {
	if n/64 < len(s) {
		s[n/64] &^= 1 << (n % 64)
	}
}
