package catalog

import (
	"cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/modelid"
)

// selection gathers what one person may open and searches for. The account's spaces are sorted already: those
// that are shown are marked, and only those that have other names are sorted anew.
type selection struct {
	known   *snapshot
	words   []string
	marks   []mark // of known.spaces
	renamed []space
	foreign map[string]bool // IDs among renamed that the account does not list
	found   int
	most    int
	more    bool
}

// mark is what is known of one of the account's spaces.
type mark uint8

const (
	unmarked mark = iota
	settled       // by the policy's grants; it is shown as renamed, or does not match
	asked         // the policy is asked about it
	shown
)

func newSelection(known *snapshot, words []string, most int) *selection {
	return &selection{known: known, words: words, most: most, marks: make([]mark, len(known.spaces)), foreign: make(map[string]bool)}
}

// grant adds what the policy grants by name.
func (s *selection) grant(models []access.Model) {
	for _, m := range models {
		if modelid.Valid(m.ID) && !s.add(m) {
			return
		}
	}
}

// add adds a model of the policy's, under the policy's name if it has one. It reports false if there is no room
// for it.
func (s *selection) add(m access.Model) bool {
	place, known := s.known.places[m.ID]
	name := displayname.Clean(m.Name)
	switch {
	case known && s.marks[place] != unmarked || s.foreign[m.ID]:
		return true // granted twice
	case known && name == "":
		return s.show(place)
	case known:
		s.marks[place] = settled
	}
	at := s.known.find(m.ID)
	at.ID, at.Name = m.ID, cmp.Or(name, m.ID)
	sp := newSpace(at)
	if !sp.matches(s.words) {
		return true
	}
	if !s.room() {
		return false
	}
	if !known {
		s.foreign[m.ID] = true
	}
	s.renamed = append(s.renamed, sp)
	return true
}

// show marks one of the account's spaces to be shown, if it matches.
func (s *selection) show(place int) bool {
	s.marks[place] = settled
	if !s.known.spaces[place].matches(s.words) {
		return true
	}
	if !s.room() {
		return false
	}
	s.marks[place] = shown
	return true
}

// room takes room for one space.
func (s *selection) room() bool {
	if s.found == s.most {
		s.more = true
		return false
	}
	s.found++
	return true
}

// candidates returns the account's other spaces that match, by name. No ID but theirs can be allowed from now on.
func (s *selection) candidates() []string {
	if s.more {
		return nil
	}
	ids := make([]string, 0, len(s.marks))
	for place := range s.known.spaces {
		sp := &s.known.spaces[place]
		if s.marks[place] == unmarked && sp.matches(s.words) {
			s.marks[place] = asked
			ids = append(ids, sp.ID)
		}
	}
	return ids
}

// allow shows a candidate. It ignores other IDs, and those that were allowed before.
func (s *selection) allow(id string) {
	place, ok := s.known.places[id]
	if ok && s.marks[place] == asked {
		s.show(place)
	}
}

// spaces returns what was selected, by name.
func (s *selection) spaces() []Space {
	sortByName(s.renamed)
	out := make([]Space, 0, s.found)
	next := 0
	for place, m := range s.marks {
		if m != shown {
			continue
		}
		for next < len(s.renamed) && byName(s.renamed[next], s.known.spaces[place]) < 0 {
			out = append(out, s.renamed[next].Space)
			next++
		}
		out = append(out, s.known.spaces[place].Space)
	}
	for _, sp := range s.renamed[next:] {
		out = append(out, sp.Space)
	}
	return out
}
