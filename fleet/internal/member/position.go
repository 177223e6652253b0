package member

import (
	"slices"
	"strconv"
	"strings"
)

// A Position is a place in the order of all revocations of a fleet. The zero Position is older than all.
type Position struct {
	Epoch  string
	Number uint64
	Random string // of that revocation: two that claim one number after a fail-over differ
}

// String is the form in the store.
func (p Position) String() string {
	return p.Epoch + "." + strconv.FormatUint(p.Number, 10) + "." + p.Random
}

// ParsePosition returns the zero Position for what is none.
func ParsePosition(s string) Position {
	epoch, rest, _ := strings.Cut(s, ".")
	digits, random, ok := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(digits, 10, 64)
	if !ok || err != nil || !word(epoch) || epoch == "" || !word(random) {
		return Position{}
	}
	return Position{epoch, n, random}
}

// word reports whether s has letters and digits only, as a script would read it.
func word(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
}

// A History is the epochs that are known, the present one first.
type History []string

// Later reports whether a generation is later than a position, as the scripts decide it.
func (h History) Later(generation, position Position) bool {
	if position.Epoch == "" {
		return true
	}
	if generation.Epoch == position.Epoch {
		return generation.Number > position.Number ||
			generation.Number == position.Number && generation.Random != position.Random
	}
	rank1, rank2 := slices.Index(h, generation.Epoch), slices.Index(h, position.Epoch)
	return rank2 < 0 || rank1 >= 0 && rank1 < rank2
}
