package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// space is a Space with what it is sorted by and found by, which is made once for all requests.
type space struct {
	Space
	folded string // its name in lower case
	text   string // its name and its ID in lower case
}

func newSpace(s Space) space {
	folded := strings.ToLower(s.Name)
	if s.Name == s.ID {
		return space{Space: s, folded: folded, text: folded}
	}
	text := folded + " " + strings.ToLower(s.ID)
	return space{Space: s, folded: text[:len(folded)], text: text}
}

// matches reports whether all words are in the space's name, or in its ID.
func (s *space) matches(words []string) bool {
	for _, word := range words {
		if !strings.Contains(s.text, word) {
			return false
		}
	}
	return true
}

func byName(a, b space) int {
	return cmp.Or(strings.Compare(a.folded, b.folded), strings.Compare(a.ID, b.ID))
}

// snapshot is the account's models as Matterport had them. It is never changed once it is in place.
type snapshot struct {
	spaces  []space        // by name
	places  map[string]int // in spaces, by ID
	partial bool
	outage  outage // of Matterport, when it was asked last
	taken   time.Time
}

func newSnapshot(spaces []space, partial bool, taken time.Time) *snapshot {
	slices.SortFunc(spaces, byName)
	s := &snapshot{spaces: spaces, places: make(map[string]int, len(spaces)), partial: partial, taken: taken}
	for place := range spaces {
		s.places[spaces[place].ID] = place
	}
	return s
}

// stale returns what s has, as of another time and not sure to be all.
func (s *snapshot) stale(why outage, taken time.Time) *snapshot {
	return &snapshot{spaces: s.spaces, places: s.places, partial: true, outage: why, taken: taken}
}

// find returns the space with this ID, or an empty one.
func (s *snapshot) find(id string) Space {
	if place, ok := s.places[id]; ok {
		return s.spaces[place].Space
	}
	return Space{}
}
