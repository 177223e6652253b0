// Package arrange puts the spaces of a listing into the order and the groups of a gallery, and cuts them into pages.
package arrange

import (
	"net/url"
	"slices"
	"strings"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/internal/natural"
)

// Sort is the order of spaces, within their group.
type Sort string

// The orders. Spaces without a number come after those that have one.
const (
	ByName         Sort = "name"
	ByNameBackward Sort = "-name"
	ByNumber       Sort = "number"
)

// Group is what spaces are grouped by.
type Group string

// What spaces can be grouped by. Spaces that belong to no group come after all groups.
const (
	NoGroup     Group = ""
	GroupFolder Group = "folder"
	GroupPlace  Group = "place"
	GroupName   Group = "name" // what names begin with: "Oslo" of "Oslo, floor 3" and of "Oslo 2"
)

// Order is how spaces are arranged. The zero value is by name, without groups.
type Order struct {
	Sort  Sort
	Group Group
}

// ParseOrder reads sort and group of a query. Values that mean nothing are ignored.
func ParseOrder(query url.Values) Order {
	o := Order{Sort: Sort(query.Get("sort")), Group: Group(query.Get("group"))}
	if !slices.Contains([]Sort{ByNameBackward, ByNumber}, o.Sort) {
		o.Sort = ByName
	}
	if !slices.Contains([]Group{GroupFolder, GroupPlace, GroupName}, o.Group) {
		o.Group = NoGroup
	}
	return o
}

// Query returns what ParseOrder reads, without what is the default.
func (o Order) Query() url.Values {
	query := make(url.Values)
	if o.Sort != "" && o.Sort != ByName {
		query.Set("sort", string(o.Sort))
	}
	if o.Group != NoGroup {
		query.Set("group", string(o.Group))
	}
	return query
}

// sorted returns spaces, which are by name, in the order.
func (s Sort) sorted(spaces []catalog.Space) []catalog.Space {
	switch s {
	case ByNameBackward:
		spaces = slices.Clone(spaces)
		slices.Reverse(spaces)
	case ByNumber:
		spaces = byNumber(spaces)
	}
	return spaces
}

func byNumber(spaces []catalog.Space) []catalog.Space {
	type numbered struct {
		catalog.Space
		key string
	}
	all := make([]numbered, len(spaces))
	for i, s := range spaces {
		all[i] = numbered{s, natural.Key(s.Number)}
	}
	slices.SortStableFunc(all, func(a, b numbered) int {
		if (a.Number == "") != (b.Number == "") {
			return strings.Compare(b.Number, a.Number)
		}
		return strings.Compare(a.key, b.key)
	})
	out := make([]catalog.Space, len(all))
	for i, n := range all {
		out[i] = n.Space
	}
	return out
}
