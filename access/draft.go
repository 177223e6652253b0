package access

// kind is a way to say whom a rule is for.
type kind int

const (
	users kind = iota
	emails
	domains
	groups
	kinds // how many there are
)

// kindKeys are the kinds' names in a file.
var kindKeys = [kinds]string{users: "users", emails: "emails", domains: "domains", groups: "groups"}

// draft is a rule as written, before it is checked. Lists in code and files are both turned into
// drafts, so that the same code checks them. A place is a rule's number in a list, and a line in a file.
type draft struct {
	at       int
	subjects [kinds][]entry
	models   []entry

	// broken means that parts of the rule could not be read and were reported. The rule as a whole is then
	// not checked.
	broken bool
}

// entry is one item of a draft's lists. Only models have names.
type entry struct {
	at    int
	value string
	name  string
	named bool
}

// rule returns the draft as a rule.
func (d draft) rule() Rule {
	r := Rule{
		Users:   values(d.subjects[users]),
		Emails:  values(d.subjects[emails]),
		Domains: values(d.subjects[domains]),
		Groups:  values(d.subjects[groups]),
		Models:  values(d.models),
	}
	for _, m := range d.models {
		if !m.named {
			continue
		}
		if r.Names == nil {
			r.Names = make(map[string]string)
		}
		r.Names[m.value] = m.name
	}
	return r
}

// rules returns drafts as a List.
func rules(drafts []draft) List {
	list := make(List, len(drafts))
	for i, d := range drafts {
		list[i] = d.rule()
	}
	return list
}

func values(entries []entry) []string {
	var vs []string
	for _, e := range entries {
		vs = append(vs, e.value)
	}
	return vs
}
