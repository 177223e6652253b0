package arrange_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/catalog/arrange"
)

// spaces are by name, as the catalog lists them. The ID is the number in the name.
func spaces() []catalog.Space {
	return []catalog.Space{
		{ID: "1", Name: "Archive", Number: "B-2", Place: "Bern, Switzerland"},
		{ID: "2", Name: "Oslo, floor 3", Number: "A-10", Folder: "Oslo"},
		{ID: "3", Name: "Oslo, floor 13", Folder: "Plant 13"},
		{ID: "4", Name: "Plant 3 - Hall 1", Number: "A-9", Folder: "Plant 3"},
		{ID: "5", Name: "Plant 3 - Hall 2", Folder: "Plant 3"},
		{ID: "6", Name: "Plant 13", Folder: "Plant 13"},
	}
}

// text writes sections as "name: IDs;".
func text(sections []arrange.Section) string {
	var b strings.Builder
	for _, s := range sections {
		fmt.Fprintf(&b, "%s:", s.Name)
		for _, sp := range s.Spaces {
			b.WriteString(" " + sp.ID)
		}
		b.WriteString("; ")
	}
	return strings.TrimSpace(b.String())
}

func TestSpacesAreArranged(t *testing.T) {
	for query, want := range map[string]string{
		"":                         ": 1 2 3 4 5 6;",
		"sort=nonsense&group=none": ": 1 2 3 4 5 6;",
		"sort=-name":               ": 6 5 4 3 2 1;",
		"sort=number":              ": 4 2 1 3 5 6;",
		"group=folder":             "Oslo: 2; Plant 3: 4 5; Plant 13: 3 6; : 1;",
		"group=place":              "Bern, Switzerland: 1; : 2 3 4 5 6;",
		"group=name":               "Oslo: 2 3; Plant 3: 4 5; : 1 6;",
		"group=folder&sort=-name":  "Oslo: 2; Plant 3: 5 4; Plant 13: 6 3; : 1;",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		a := arrange.New(spaces(), arrange.ParseOrder(values))
		if got := text(a.Sections); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		if got := arrange.ParseOrder(a.Order.Query()); got != a.Order {
			t.Errorf("%s: the query of %+v means %+v", query, a.Order, got)
		}
	}
}

func TestNamesAreGroupedByWhatTheyBeginWith(t *testing.T) {
	for _, pair := range [][2]string{
		{"Head office 1", "Head office 12"},
		{"Oslo Laboratory, floor 28", "Oslo Laboratory, floor 3"},
		{"Werk Süd – Halle 1", "Werk Süd – Dach"},
		{"Lager (alt)", "Lager (neu)"},
		{"المبنى ٣", "المبنى ١٣"},
		{"مصنع، الطابق ٢", "مصنع، الطابق ٣"},
	} {
		a := arrange.New([]catalog.Space{{ID: "1", Name: pair[0]}, {ID: "2", Name: pair[1]}, {ID: "3", Name: "Yard"}}, arrange.Order{Group: arrange.GroupName})
		if len(a.Sections) != 2 || a.Sections[0].Total != 2 {
			t.Errorf("%q: %s", pair, text(a.Sections))
		}
	}
	alone := arrange.New([]catalog.Space{{ID: "1", Name: "3"}, {ID: "2", Name: "- 4"}}, arrange.Order{Group: arrange.GroupName})
	if diff := cmp.Diff(": 1 2;", text(alone.Sections)); diff != "" {
		t.Errorf("names of numbers (-want +got):\n%s", diff)
	}
}

func TestPagesHoldEverySpaceOnce(t *testing.T) {
	for _, group := range []arrange.Group{arrange.NoGroup, arrange.GroupFolder, arrange.GroupName} {
		for size := 1; size <= 7; size++ {
			a := arrange.New(spaces(), arrange.Order{Group: group})
			var all, paged []string
			for _, s := range a.Sections {
				for _, sp := range s.Spaces {
					all = append(all, sp.ID)
				}
			}
			for n := 1; ; n++ {
				p := a.Page(n, size)
				count := 0
				for _, s := range p.Sections {
					for _, sp := range s.Spaces {
						count++
						paged = append(paged, sp.ID)
						if got := a.PageOf(sp.ID, size); got != n {
							t.Errorf("%s is on page %d, PageOf says %d", sp.ID, n, got)
						}
					}
				}
				if p.Number != n || count != p.To-p.From+1 || count > size {
					t.Errorf("page %d of %d: %+v", n, size, p)
				}
				if n == p.Last {
					break
				}
			}
			if diff := cmp.Diff(all, paged); diff != "" {
				t.Errorf("%s, %d on a page (-want +got):\n%s", group, size, diff)
			}
		}
	}
}

func TestPagesBeyondTheEndsAreThose(t *testing.T) {
	a := arrange.New(spaces(), arrange.Order{})
	for number, want := range map[int]int{-1 << 62: 1, 0: 1, 1: 1, 3: 3, 4: 3, 1 << 62: 3} {
		if got := a.Page(number, 2); got.Number != want || got.Last != 3 {
			t.Errorf("page %d is %d of %d, want %d of 3", number, got.Number, got.Last, want)
		}
	}
	if p := arrange.New(nil, arrange.Order{Group: arrange.GroupFolder}).Page(5, 2); p.Number != 1 || p.Last != 1 || p.From != 0 || p.To != 0 || p.Sections != nil {
		t.Errorf("without spaces: %+v", p)
	}
}

func TestAdjacentSpacesFollowTheOrder(t *testing.T) {
	a := arrange.New(spaces(), arrange.Order{Group: arrange.GroupFolder}) // 2; 4 5; 3 6; 1
	id := func(s *catalog.Space) string {
		if s == nil {
			return ""
		}
		return s.ID
	}
	for model, want := range map[string]string{"2": "1  4", "5": "3 4 3", "3": "4 5 6", "1": "6 6 ", "none": "0  "} {
		place, before, after := a.Adjacent(model)
		if got := fmt.Sprintf("%d %s %s", place, id(before), id(after)); got != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
	}
}

func TestChoicesMakeADifference(t *testing.T) {
	if got, want := arrange.ChoicesOf(spaces()), (arrange.Choices{Numbers: true, Folders: true, Places: true, Names: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := arrange.ChoicesOf([]catalog.Space{{ID: "1", Name: "Archive"}, {ID: "2", Name: "Yard"}, {ID: "3", Name: "3"}, {ID: "4", Name: "4"}}), (arrange.Choices{}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func ExampleNew() {
	listing := []catalog.Space{{ID: "a", Name: "Oslo, floor 3"}, {ID: "b", Name: "Oslo, floor 13"}, {ID: "c", Name: "Yard"}}
	for _, s := range arrange.New(listing, arrange.Order{Group: arrange.GroupName}).Page(1, 60).Sections {
		fmt.Printf("%q has %d\n", s.Name, s.Total)
	}
	// Output:
	// "Oslo" has 2
	// "" has 1
}
