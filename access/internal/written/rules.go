package written

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/selector"
)

// The keys of a file, besides those of people.
const (
	keyRules  = "rules"
	keyModels = "models"
	keyExcept = "except"
	keyFrom   = "from"
	keyUntil  = "until"

	keyID         = "id"
	keyName       = "name"
	keyInternalID = "internalId"
	keyFolder     = "folder"
	keyAddress    = "address"
)

var (
	ruleKeys   = append(people.Keys[:], keyModels, keyExcept, keyFrom, keyUntil)
	exceptKeys = append(people.Keys[:], keyModels)
	modelKeys  = []string{keyID, keyName, keyInternalID, keyFolder, keyAddress}
)

func (r reader) file(root *yaml.Node) []Rule {
	before := len(r.found)
	top := r.mapping(root, "the file", keyRules)
	list, ok := top[keyRules]
	if !ok {
		if len(r.found) == before {
			r.Addf(root.Line, `rules is missing: write "rules: []" to allow nothing`)
		}
		return nil
	}
	var rules []Rule
	for _, n := range r.sequence(list, keyRules) {
		rules = append(rules, r.rule(n))
	}
	return rules
}

func (r reader) rule(n *yaml.Node) Rule {
	before := len(r.found)
	rule := Rule{At: n.Line}
	values := r.mapping(n, "a rule", ruleKeys...)
	rule.Who = r.who(values, "")
	rule.Models = r.models(values, "")
	rule.Except = r.except(values[keyExcept])
	rule.From = r.moment(values[keyFrom], From, keyFrom)
	rule.Until = r.moment(values[keyUntil], Until, keyUntil)
	rule.Broken = len(r.found) > before
	return rule
}

func (r reader) except(n *yaml.Node) Except {
	if n == nil {
		return Except{}
	}
	before := len(r.found)
	values := r.mapping(n, keyExcept, exceptKeys...)
	if len(values) == 0 && len(r.found) == before {
		r.Addf(n.Line, "except is empty: remove it")
	}
	return Except{Who: r.who(values, excepted), Models: r.models(values, excepted)}
}

// who reads the lists of people.
func (r reader) who(values map[string]*yaml.Node, prefix string) (w Who) {
	for k, key := range people.Keys {
		for _, item := range r.entries(values[key], prefix+key) {
			if value, ok := r.text(item, "an entry of "+prefix+key); ok {
				w[k] = append(w[k], Entry{At: item.Line, Value: value})
			}
		}
	}
	return w
}

func (r reader) models(values map[string]*yaml.Node, prefix string) (entries []Entry) {
	for _, item := range r.entries(values[keyModels], prefix+keyModels) {
		if e, ok := r.model(item, prefix+keyModels); ok {
			entries = append(entries, e)
		}
	}
	return entries
}

// model reads an ID or a selector as text, or a mapping: of id and name, or of one selector.
func (r reader) model(n *yaml.Node, list string) (Entry, bool) {
	e := Entry{At: n.Line}
	if n.Kind != yaml.MappingNode {
		text, ok := r.text(n, "an entry of "+list)
		e.Value = text
		return e, ok && r.selector(&e)
	}
	before := len(r.found)
	values := r.mapping(n, "a model", modelKeys...)
	switch id, named := values[keyID], values[keyName]; {
	case len(r.found) > before:
	case id != nil:
		e.Value, _ = r.text(id, keyID)
		if named != nil {
			e.Name, e.Named = r.text(named, keyName)
		}
		r.alone(n, values, keyID, keyName)
	case named != nil && len(values) == 1:
		r.Addf(n.Line, "id is missing: a model needs one")
	case named != nil:
		r.Addf(n.Line, "a selector has no name, as it can stand for many models: remove the name")
	default:
		e = r.selectorMapping(n, values)
	}
	return e, len(r.found) == before
}

// alone reports keys that do not go with the others of a mapping.
func (r reader) alone(n *yaml.Node, values map[string]*yaml.Node, keys ...string) {
	for _, key := range modelKeys {
		if values[key] != nil && !slices.Contains(keys, key) {
			r.Addf(n.Line, "%s does not go with %s: write two entries", key, strings.Join(keys, " and "))
			return
		}
	}
}

// selector reads the entry's text, if it is one of a selector.
func (r reader) selector(e *Entry) bool {
	if !selector.Is(e.Value) {
		return true
	}
	s, err := selector.Parse(e.Value)
	if err != nil {
		r.Addf(e.At, "%v", err)
		return false
	}
	e.Selector, e.Value = s, s.String()
	return true
}

// selectorMapping reads a mapping that has one selector.
func (r reader) selectorMapping(n *yaml.Node, values map[string]*yaml.Node) Entry {
	before := len(r.found)
	var s selector.Selector
	key := keyInternalID
	switch {
	case len(values) == 0:
		r.Addf(n.Line, "id is missing: a model needs one, or a selector (internalId, folder, address)")
	case values[keyInternalID] != nil:
		s.InternalID, _ = r.text(values[keyInternalID], keyInternalID)
	case values[keyFolder] != nil:
		key = keyFolder
		path, _ := r.text(values[keyFolder], keyFolder)
		s = selector.InFolder(path)
	default:
		key = keyAddress
		s.Address = r.address(values[keyAddress])
	}
	r.alone(n, values, key)
	if len(r.found) > before {
		return Entry{}
	}
	if err := s.Check(); err != nil {
		r.Addf(n.Line, "%v", err)
	}
	return Entry{At: n.Line, Value: s.String(), Selector: s}
}

func (r reader) address(n *yaml.Node) (a selector.Address) {
	values := r.mapping(n, keyAddress, selector.Fields()...)
	for _, key := range selector.Fields() {
		value := values[key]
		if value == nil {
			continue
		}
		text, ok := r.text(value, key)
		if ok && text == "" {
			r.Addf(value.Line, "%s is empty: remove it", key)
		}
		*a.Field(key) = text
	}
	return a
}

// moment reads the beginning or the end of a rule.
func (r reader) moment(n *yaml.Node, edge Edge, key string) Moment {
	if n == nil || !r.plain(n) {
		return Moment{}
	}
	if n.Kind != yaml.ScalarNode || isNull(n) {
		r.Addf(n.Line, `%s is %s: write a day and its time zone, as in "2026-12-31 Europe/Berlin", or a time of RFC 3339`, key, describe(n))
		return Moment{}
	}
	t, err := ParseMoment(edge, n.Value)
	if err != nil {
		r.Addf(n.Line, "%s: %v", key, err)
		return Moment{}
	}
	return Moment{At: n.Line, Text: n.Value, Time: t.Round(0).In(time.UTC)}
}
