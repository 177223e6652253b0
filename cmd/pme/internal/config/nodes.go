package config

import (
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// field reads the value of a field that is no secret.
func (f *fileReader) field(n *yaml.Node, p *part) {
	var value any
	ok := false
	switch p.kind {
	case typeTexts, typePrefixes:
		value, ok = f.list(n, p)
	case typePairs:
		value, ok = f.pairs(n, p)
	default:
		value, ok = f.scalar(n, p)
	}
	if ok {
		f.said[p] = statement{value, f.at(n)}
	}
}

// scalar reads a value that is one text, number or the like.
func (f *fileReader) scalar(n *yaml.Node, p *part) (any, bool) {
	if !f.typed(n, p, p.tag()) {
		return nil, false
	}
	value, bad := p.parse(n.Value)
	if bad != nil {
		f.collector.add(f.at(n), p.path, *bad)
		return nil, false
	}
	if text, ok := value.(string); ok {
		value = p.from(f.dir, text)
	}
	return value, true
}

// tag returns the type that YAML must see in the value.
func (p *part) tag() string {
	switch p.kind {
	case typeBool:
		return "!!bool"
	case typeInt:
		return "!!int"
	}
	return "!!str"
}

// typed reports whether a node is a plain scalar of a type. Other types are refused rather than taken as they are written: another
// reader of the same file would see 7 where this one sees 007.
func (f *fileReader) typed(n *yaml.Node, p *part, tag string) bool {
	if !f.plain(n, p.path) {
		return false
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == tag {
		return true
	}
	remedy := p.example()
	switch {
	case n.Kind != yaml.ScalarNode:
	case isNull(n):
		remedy += ", or remove the key"
	case tag == "!!str" && p.kind != typeDuration:
		remedy = "put it in quotes if it is a text"
	case tag == "!!int" && isNumber(n.Value), tag == "!!bool" && (n.Value == "true" || n.Value == "false"):
		remedy = "write it without quotes"
	case p.kind == typeDuration && isNumber(n.Value):
		remedy = "write it with a unit, such as 90s, 10m or 12h"
	}
	f.add(n, p.path, "the value is "+describe(n), remedy)
	return false
}

// example says what to write.
func (p *part) example() string {
	switch p.kind {
	case typeBool:
		return "write true or false"
	case typeInt:
		return "write a whole number"
	case typeDuration:
		return "write a duration such as 90s, 10m or 12h"
	case typeTexts:
		return "write a list, such as [one, two]"
	case typePrefixes:
		return "write a list, such as [10.0.0.0/24]"
	case typePairs:
		return "write names and values, such as {name: value}"
	}
	if len(p.choices) > 0 {
		return "write " + orList(p.choices)
	}
	return "write a text"
}

// list reads a list of texts or of ranges of addresses.
func (f *fileReader) list(n *yaml.Node, p *part) (any, bool) {
	items, ok := f.texts(n, p)
	if !ok {
		return nil, false
	}
	value, faults := p.parseList(items)
	for i := range items {
		if bad, is := faults[i]; is {
			f.collector.add(f.at(n.Content[i]), p.path, bad)
		}
	}
	return value, len(faults) == 0
}

// texts returns the texts of a list, one at least.
func (f *fileReader) texts(n *yaml.Node, p *part) ([]string, bool) {
	if !f.plain(n, p.path) {
		return nil, false
	}
	if n.Kind != yaml.SequenceNode {
		f.add(n, p.path, "the value is "+describe(n), p.example())
		return nil, false
	}
	if len(n.Content) == 0 {
		f.add(n, p.path, "the list is empty", "write a value, or remove the key")
		return nil, false
	}
	var items []string
	good := true
	for _, item := range n.Content {
		if !f.typed(item, p, "!!str") {
			good = false
		}
		items = append(items, item.Value)
	}
	return items, good
}

// pairs reads names and values.
func (f *fileReader) pairs(n *yaml.Node, p *part) (any, bool) {
	if !f.plain(n, p.path) {
		return nil, false
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		f.add(n, p.path, "the value is "+describe(n)+" without names and values", p.example()+", or remove the key")
		return nil, false
	}
	pairs := map[string]string{}
	good := true
	for pair := range slices.Chunk(n.Content, 2) {
		good = f.onePair(pair[0], pair[1], p, pairs) && good
	}
	return pairs, good
}

func (f *fileReader) onePair(key, value *yaml.Node, p *part, pairs map[string]string) bool {
	if !f.plainKey(key, p.path) || !f.typed(key, p, "!!str") || !f.typed(value, p, "!!str") {
		return false
	}
	if _, repeated := pairs[key.Value]; repeated {
		f.add(key, p.path, "a name is there for a second time", "remove one of them")
		return false
	}
	pairs[key.Value] = value.Value
	if bad := parsePairs(map[string]string{key.Value: value.Value}); bad != nil {
		f.collector.add(f.at(key), p.path, *bad)
		return false
	}
	return true
}

// plain reports whether a node has none of the features of YAML that change the meaning of its text.
func (f *fileReader) plain(n *yaml.Node, path string) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		f.add(n, path, "there is an alias (*)", "write the value out, or put a text that begins with * in quotes")
	case n.Anchor != "":
		f.add(n, path, "there is an anchor (&)", "remove it, or put a text that begins with & in quotes")
	case n.Style&yaml.TaggedStyle != 0:
		f.add(n, path, "there is a tag (!)", "remove it, or put a text that begins with ! in quotes")
	default:
		return true
	}
	return false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// describe names the kind of a node. It does not quote it: a secret may have gone astray.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	case "!!merge":
		return "a merge key"
	}
	return "a text"
}

func quote(text string) string { return fmt.Sprintf("%.64q", text) }

func itoa(n int) string { return strconv.Itoa(n) }
