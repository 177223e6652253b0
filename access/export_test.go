package access

import (
	"maps"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/internal/written"
)

// Table is what a List is compiled to.
type Table = inForce

// Compile compiles a list.
func Compile(l List) (*Table, error) {
	p, err := l.Policy()
	if err != nil {
		return nil, err
	}
	return p.(*inForce), nil
}

// ParseYAML reads a file, as the List that says the same.
func ParseYAML(name string, data []byte) (List, error) {
	rules, err := written.Parse(name, data)
	if err != nil {
		return nil, err
	}
	list := make(List, len(rules))
	for i, r := range rules {
		list[i] = Rule{
			Users: written.Values(r.Who[people.Users]), Emails: written.Values(r.Who[people.Emails]),
			Domains: written.Values(r.Who[people.Domains]), Groups: written.Values(r.Who[people.Groups]),
			Models: written.Values(r.Models), Names: names(r.Models), From: r.From.Time, Until: r.Until.Time,
			Except: Except{
				Users: written.Values(r.Except.Who[people.Users]), Emails: written.Values(r.Except.Who[people.Emails]),
				Domains: written.Values(r.Except.Who[people.Domains]), Groups: written.Values(r.Except.Who[people.Groups]),
				Models: written.Values(r.Except.Models),
			},
		}
	}
	return list, nil
}

func names(models []written.Entry) map[string]string {
	named := make(map[string]string)
	for _, m := range models {
		if m.Named {
			named[m.Value] = m.Name
		}
	}
	if len(named) == 0 {
		return nil
	}
	return maps.Clone(named)
}
