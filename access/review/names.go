package review

import (
	"slices"
	"strings"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
)

// names are the values of a rule's entries that name people, by kind, in one spelling.
type names [people.Kinds]map[string]bool

func namesOf(w written.Who) (n names) {
	for k, entries := range w {
		n[k] = make(map[string]bool, len(entries))
		for _, e := range entries {
			n[k][spelled(people.Kind(k), e.Value)] = true
		}
	}
	return n
}

// has reports whether an entry is named, or, for an address, its domain.
func (n names) has(k people.Kind, value string) bool {
	value = spelled(k, value)
	_, domain, _ := strings.Cut(value, "@")
	return n[k][value] || k == people.Emails && n[people.Domains][domain]
}

// spelled returns an entry as it is compared. Of the two spellings of an internationalized domain it is always the same.
func spelled(k people.Kind, value string) string { return slices.Min(people.Spellings(k, value)) }

// only reports whether the rule names people by this kind of entries alone.
func (n names) only(k people.Kind) bool {
	for other := range n {
		if (people.Kind(other) == k) != (len(n[other]) > 0) {
			return false
		}
	}
	return true
}
