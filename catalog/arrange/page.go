package arrange

import "github.com/go-pme/pme/catalog"

// Page is a part of an arrangement.
type Page struct {
	Number, Last int // from 1
	From, To     int // the places of its spaces among all, from 1; both are 0 if there are none
	Sections     []Section
}

// Page returns the page of that number, of pages with size spaces each. A number beyond the first or the last means that one.
func (a *Arrangement) Page(number, size int) Page {
	last := max(1, (a.Total+size-1)/size)
	number = min(max(number, 1), last)
	from, to := (number-1)*size, min(number*size, a.Total)
	p := Page{Number: number, Last: last, To: to}
	if a.Total == 0 {
		return p
	}
	p.From = from + 1
	for _, s := range a.Sections {
		begin, end := max(from-s.First, 0), min(to-s.First, s.Total)
		if begin < end {
			s.Spaces, s.First = s.Spaces[begin:end], s.First+begin
			p.Sections = append(p.Sections, s)
		}
	}
	return p
}

// PageOf returns the number of the page that has the model on it, or 1.
func (a *Arrangement) PageOf(model string, size int) int {
	if at, ok := a.find(model); ok {
		return at/size + 1
	}
	return 1
}

// Adjacent returns the model's place among all spaces, from 1, and the spaces before and after it. The place is 0 if it is not
// among them.
func (a *Arrangement) Adjacent(model string) (place int, before, after *catalog.Space) {
	at, ok := a.find(model)
	if !ok {
		return 0, nil, nil
	}
	return at + 1, a.at(at - 1), a.at(at + 1)
}

func (a *Arrangement) find(model string) (int, bool) {
	for _, s := range a.Sections {
		for i := range s.Spaces {
			if s.Spaces[i].ID == model {
				return s.First + i, true
			}
		}
	}
	return 0, false
}

func (a *Arrangement) at(place int) *catalog.Space {
	for _, s := range a.Sections {
		if place >= s.First && place < s.First+s.Total {
			return &s.Spaces[place-s.First]
		}
	}
	return nil
}
