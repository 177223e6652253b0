package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/natural"
)

// space is a Space with what it is sorted by and found by, which is made once for all requests.
type space struct {
	Space
	key  string // its name's place in the natural order
	text string // its name and its ID in lower case
}

func newSpace(s Space) space {
	text := strings.ToLower(s.Name)
	if s.Name != s.ID {
		text += " " + strings.ToLower(s.ID)
	}
	return space{Space: s, text: text}
}

// sortByName puts spaces in the natural order of their names.
func sortByName(spaces []space) {
	for i := range spaces {
		spaces[i].key = natural.Key(spaces[i].Name)
	}
	slices.SortFunc(spaces, byName)
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
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
}

// snapshot is the account's models as Matterport had them. It is never changed once it is in place.
type snapshot struct {
	spaces  []space        // by name
	places  map[string]int // in spaces, by ID
	partial bool
	outage  outage // of Matterport, when it was asked last
	taken   time.Time
	changes uint64 // that were known when it was taken
}

func newSnapshot(spaces []space, partial bool, taken time.Time) *snapshot {
	sortByName(spaces)
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

// locatedBy returns s with what is known of where its spaces are.
func (s *snapshot) locatedBy(l *located) *snapshot {
	if l == nil {
		return s
	}
	next := *s
	next.spaces = slices.Clone(s.spaces)
	for i := range next.spaces {
		sp := &next.spaces[i]
		at := l.spaces[sp.ID]
		sp.Folder, sp.Place, sp.Number = at.folder, at.place, at.number
	}
	return &next
}

// find returns the space with this ID, or an empty one.
func (s *snapshot) find(id string) Space {
	if place, ok := s.places[id]; ok {
		return s.spaces[place].Space
	}
	return Space{}
}
