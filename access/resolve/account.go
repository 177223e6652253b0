package resolve

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/matterport"
)

// account is what one look has found.
type account struct {
	places  []matterport.Place
	folders map[string]matterport.Folder // by ID; nil if they were not asked for

	byPath map[string][]string // IDs of folders, by path
	within map[string][]string // IDs of the models that are in a folder itself, by the folder's ID
	below  map[string][]string // and of those in it or below it

	strange []string // IDs of the models in a folder that is not in the tree
}

func newAccount(places []matterport.Place, folders []matterport.Folder) *account {
	a := &account{
		places: places, folders: make(map[string]matterport.Folder),
		byPath: make(map[string][]string), within: make(map[string][]string), below: make(map[string][]string),
	}
	for _, f := range folders {
		a.folders[f.ID] = f
		if !slices.ContainsFunc(f.Path, func(name string) bool { return strings.Contains(name, "/") }) { // no selector names it
			path := strings.Join(f.Path, "/")
			a.byPath[path] = append(a.byPath[path], f.ID)
		}
	}
	for _, p := range places {
		a.file(p)
	}
	return a
}

// file notes in which folders a space is. A list of its folders can have those above its own.
func (a *account) file(p matterport.Place) {
	above := make(map[string]bool)
	strange := false
	for _, id := range p.Folders {
		f, known := a.folders[id]
		strange = strange || !known
		for f.Parent != "" && !above[f.Parent] {
			above[f.Parent] = true
			f = a.folders[f.Parent]
		}
	}
	if strange {
		a.strange = append(a.strange, p.ID)
	}
	all := maps.Clone(above)
	for _, id := range p.Folders {
		all[id] = true
		if !above[id] && !strange { // its own folder may be the one that is not known
			a.within[id] = append(a.within[id], p.ID)
		}
	}
	for id := range all {
		a.below[id] = append(a.below[id], p.ID)
	}
}

// match returns the models that a selector stands for, without regard to earlier looks. The result has no At.
func (a *account) match(s selector.Selector) selector.Result {
	switch {
	case s.InternalID != "":
		return a.number(s.InternalID)
	case s.Folder != "":
		return a.folder(s)
	}
	ids := a.ids(func(p matterport.Place) bool { return inAddress(p.Address, s.Address) })
	if len(ids) == 0 {
		return missing("no space has this address")
	}
	return selector.Result{Models: ids}
}

// missing is the result of a selector that names nothing that there is.
func missing(problem string) selector.Result { return selector.Result{Missing: true, Problem: problem} }

// ids returns the IDs of the places that match, sorted.
func (a *account) ids(matches func(matterport.Place) bool) []string {
	var ids []string
	for _, p := range a.places {
		if matches(p) {
			ids = append(ids, p.ID)
		}
	}
	return tidy(ids)
}

// tidy returns the IDs of models among ids, sorted, each once.
func tidy(ids []string) []string {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !modelid.Valid(id) })
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (a *account) number(number string) selector.Result {
	ids := a.ids(func(p matterport.Place) bool { return p.InternalID == number })
	if len(ids) > 1 {
		return selector.Result{Doubtful: ids, Problem: "several spaces have this number, so it selects none: " + listed(ids)}
	}
	if len(ids) == 0 {
		return missing("no space has this number")
	}
	return selector.Result{Models: ids}
}

// folder returns the spaces of a folder. A space in a folder that is not in the tree may be in any: it is not granted, but
// excluded.
func (a *account) folder(s selector.Selector) selector.Result {
	members := a.within
	if s.Below {
		members = a.below
	}
	same := a.byPath[s.Folder]
	var ids []string
	for _, id := range same {
		ids = append(ids, members[id]...)
	}
	ids = tidy(ids)
	switch {
	case len(same) == 0:
		return missing("there is no such folder")
	case len(same) > 1:
		return selector.Result{
			Doubtful: tidy(slices.Concat(ids, a.strange)),
			Problem:  "several folders have this path, so it selects nothing: " + listed(same),
		}
	}
	r := selector.Result{Models: ids, Doubtful: tidy(without(a.strange, ids))}
	if len(ids) == 0 {
		r.Problem = "the folder has no spaces"
	}
	return r
}

func inAddress(a matterport.PlaceAddress, want selector.Address) bool {
	fits := func(want string, have ...string) bool { return want == "" || slices.Contains(have, want) }
	return fits(want.City, a.Locality) && fits(want.Region, a.AdministrativeArea) &&
		fits(want.Country, a.CountryCode, a.CountryName) && fits(want.PostalCode, a.PostalCode)
}

// listed names the first few of what is wrong.
func listed(ids []string) string {
	const most = 5
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + " and others"
	}
	return strings.Join(ids, ", ")
}
