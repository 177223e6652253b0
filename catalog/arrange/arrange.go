package arrange

import (
	"cmp"
	"slices"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/internal/natural"
)

// Section is a group of spaces, or the part of it that is on a page.
type Section struct {
	Name   string // of the group; empty for the spaces that belong to none, and without groups
	Spaces []catalog.Space
	Total  int // spaces of the whole group
	First  int // the place of the first one among all spaces, from 0
}

// Arrangement is all spaces, in order. It is not changed once it is made.
type Arrangement struct {
	Order    Order
	Sections []Section
	Total    int // spaces
}

// New arranges spaces, which are sorted by name as the catalog lists them.
func New(spaces []catalog.Space, o Order) *Arrangement {
	a := &Arrangement{Order: o, Total: len(spaces)}
	spaces = o.Sort.sorted(spaces)
	if o.Group == NoGroup {
		a.add("", spaces)
		return a
	}
	groups := grouped(spaces, o.Group.of(spaces))
	for _, name := range names(groups) {
		a.add(name, groups[name])
	}
	return a
}

func (a *Arrangement) add(name string, spaces []catalog.Space) {
	if len(spaces) == 0 {
		return
	}
	first := 0
	if n := len(a.Sections); n > 0 {
		first = a.Sections[n-1].First + a.Sections[n-1].Total
	}
	a.Sections = append(a.Sections, Section{Name: name, Spaces: spaces, Total: len(spaces), First: first})
}

// of returns a function that names the group of a space.
func (g Group) of(spaces []catalog.Space) func(catalog.Space) string {
	switch g {
	case GroupFolder:
		return func(s catalog.Space) string { return s.Folder }
	case GroupPlace:
		return func(s catalog.Space) string { return s.Place }
	}
	members := make(map[string]int)
	for _, s := range spaces {
		members[prefix(s.Name)]++
	}
	return func(s catalog.Space) string {
		if p := prefix(s.Name); members[p] > 1 {
			return p
		}
		return ""
	}
}

func grouped(spaces []catalog.Space, of func(catalog.Space) string) map[string][]catalog.Space {
	groups := make(map[string][]catalog.Space)
	for _, s := range spaces {
		name := of(s)
		groups[name] = append(groups[name], s)
	}
	return groups
}

// names returns the names of groups in their natural order, with the empty one at the end.
func names(groups map[string][]catalog.Space) []string {
	keys := make(map[string]string, len(groups))
	all := make([]string, 0, len(groups))
	for name := range groups {
		keys[name] = natural.Key(name)
		all = append(all, name)
	}
	slices.SortFunc(all, func(a, b string) int {
		if a == "" || b == "" {
			return cmp.Compare(len(b), len(a))
		}
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b))
	})
	return all
}

// Choices are the orders and the groups that make a difference for some spaces.
type Choices struct {
	Numbers                bool // some have a number
	Folders, Places, Names bool
}

// ChoicesOf returns what spaces can be arranged by.
func ChoicesOf(spaces []catalog.Space) (c Choices) {
	members := make(map[string]int)
	for _, s := range spaces {
		c.Numbers = c.Numbers || s.Number != ""
		c.Folders = c.Folders || s.Folder != ""
		c.Places = c.Places || s.Place != ""
		if !c.Names {
			p := prefix(s.Name)
			members[p]++
			c.Names = p != "" && members[p] > 1
		}
	}
	return c
}
