package handler

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/catalog/arrange"
	"github.com/go-pme/pme/pages"
)

const (
	searchFrom = 9   // spaces: from here on, the gallery has a form
	onePage    = 60  // spaces: a page of them has less than 100 KB
	mostGroups = 100 // that are listed above the spaces
)

// List is what gallery.html and the part gallery show, in Page.Data.
type List struct {
	Page     arrange.Page
	Order    arrange.Order
	Choices  arrange.Choices // what the form offers
	Count    string          // says how many spaces there are, and which of them the page has
	CountAll string          // says so of any number, {all}
	Pages    []PageLink      // none if there is one page only
	Groups   []GroupLink     // none if there is one page, or if there are too many to be read

	Searching bool   // there are enough to be worth a form
	Whole     bool   // these are all spaces of the user
	Query     string // what is searched for
	Partial   bool   // there may be more at Matterport, later
	Nameless  bool   // names or pictures are missing, as Matterport does not list the account's models
	Refused   bool   // that does not pass by itself
	More      bool   // there may be more than are shown, which a search can find

	only string // the only space that the user has
}

// PageLink leads to a page of the list.
type PageLink struct {
	Number int // 0: a gap
	Name   string
	URL    string
	Here   bool
}

// GroupLink leads to where a group begins.
type GroupLink struct {
	Name  string
	Total int
	URL   string
}

// asked is what a request asks the gallery for.
type asked struct {
	search string
	order  arrange.Order
	page   int
	at     string
}

func parseAsked(query url.Values) asked {
	page, _ := strconv.Atoi(query.Get("page"))
	return asked{search: searchedIn(query), order: arrange.ParseOrder(query), page: page, at: query.Get("at")}
}

// context is the part of the query that links to a space, to the next one and back to the list keep.
func (a asked) context() url.Values {
	query := a.order.Query()
	if a.search != "" {
		query.Set("q", a.search)
	}
	return query
}

// url leads to a page of the list.
func (a asked) url(page int) string {
	query := a.context()
	if page > 1 {
		query.Set("page", strconv.Itoa(page))
	}
	return "?" + query.Encode()
}

// newList shows a listing. What a limit has cut off can be searched for; what Matterport does not say can only be
// waited for.
func newList(listing catalog.Listing, a asked, words pages.Strings) *List {
	arranged := arrange.New(listing.Spaces, a.order)
	if a.at != "" {
		a.page = arranged.PageOf(a.at, onePage)
	}
	l := &List{
		Page: arranged.Page(a.page, onePage), Order: arranged.Order,
		Searching: len(listing.Spaces) >= searchFrom || a.search != "" || listing.More,
		Query:     a.search,
		Partial:   listing.Partial && !listing.More,
		Nameless:  listing.Degraded && slices.ContainsFunc(listing.Spaces, isBare),
		Refused:   listing.Refused,
		More:      listing.More,
		CountAll:  words.Count,
	}
	l.Whole = l.Page.Last == 1 && a.search == "" && !listing.More
	if l.Searching {
		l.Choices = arrange.ChoicesOf(listing.Spaces)
	}
	l.Count = count(l.Page, arranged.Total, words)
	if l.Page.Last > 1 {
		l.Pages, l.Groups = pageLinks(l.Page, a, words), groupLinks(arranged, a, words)
	}
	if len(listing.Spaces) == 1 && a.search == "" && !listing.Partial {
		l.only = listing.Spaces[0].ID
	}
	return l
}

func count(p arrange.Page, total int, words pages.Strings) string {
	all := strconv.Itoa(total)
	if p.Last == 1 {
		return pages.Fill(words.Count, "all", all)
	}
	return pages.Fill(words.Range, "from", strconv.Itoa(p.From), "to", strconv.Itoa(p.To), "all", all)
}

// pageLinks are the first page, the last one, and those around this one.
func pageLinks(p arrange.Page, a asked, words pages.Strings) (links []PageLink) {
	for n, before := 1, 0; n <= p.Last; n++ {
		if n != 1 && n != p.Last && (n < p.Number-2 || n > p.Number+2) {
			continue
		}
		if n > before+1 {
			links = append(links, PageLink{})
		}
		links = append(links, PageLink{Number: n, Name: pages.Fill(words.PageNumber, "number", strconv.Itoa(n)), URL: a.url(n), Here: n == p.Number})
		before = n
	}
	return links
}

// groupLinks are none if there are too many to be read.
func groupLinks(arranged *arrange.Arrangement, a asked, words pages.Strings) (links []GroupLink) {
	if len(arranged.Sections) < 2 || len(arranged.Sections) > mostGroups {
		return nil
	}
	for _, s := range arranged.Sections {
		name := s.Name
		if name == "" {
			name = words.Ungrouped
		}
		links = append(links, GroupLink{Name: name, Total: s.Total, URL: a.url(s.First/onePage+1) + "#pme-group-" + strconv.Itoa(s.First)})
	}
	return links
}

// Before and After lead to the pages before and after this one; empty: there is none.
func (l *List) Before() string { return l.beside(-1) }

// After is like Before.
func (l *List) After() string { return l.beside(1) }

func (l *List) beside(step int) string {
	for _, link := range l.Pages {
		if link.Number == l.Page.Number+step && link.Number != 0 {
			return link.URL
		}
	}
	return ""
}

// Detail is what a space has beside its name: its number, folder and place, but for what its group says.
func (l *List) Detail(s catalog.Space) string {
	var parts []string
	for _, part := range []struct {
		text  string
		group arrange.Group
	}{{s.Number, arrange.NoGroup}, {s.Folder, arrange.GroupFolder}, {s.Place, arrange.GroupPlace}} {
		if part.text != "" && (part.group == arrange.NoGroup || part.group != l.Order.Group) {
			parts = append(parts, part.text)
		}
	}
	return strings.Join(parts, " · ")
}

// isBare reports whether a space is shown by its ID, or without a picture.
func isBare(s catalog.Space) bool { return s.Name == s.ID || s.Thumbnail == "" }
