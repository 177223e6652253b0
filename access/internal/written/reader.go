package written

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader turns a parsed file into rules. It checks the form: kinds of values, keys, and the parts of YAML that are
// not allowed in an allow-list. Check checks the values.
type reader struct {
	*Problems
}

// entries returns the items of one of a rule's lists; n is nil where the rule does not have it.
func (r reader) entries(n *yaml.Node, key string) []*yaml.Node {
	if n == nil {
		return nil
	}
	before := len(r.found)
	items := r.sequence(n, key)
	if len(items) == 0 && len(r.found) == before {
		r.Addf(n.Line, "%s is an empty list: remove it", key)
	}
	return items
}

// mapping returns the values of n by key, and reports keys that are unknown or repeated.
func (r reader) mapping(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if !r.plain(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.Addf(n.Line, "%s is %s: it must be a mapping with %s", what, describe(n), strings.Join(known, ", "))
		return nil
	}
	values := make(map[string]*yaml.Node)
	lines := make(map[string]int)
	for pair := range slices.Chunk(n.Content, 2) {
		key, value := pair[0], pair[1]
		switch first, repeated := lines[key.Value]; {
		case !r.plain(key):
		case key.Tag == "!!merge":
			r.Addf(key.Line, "merge keys (<<) are not supported: write the keys out")
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			r.Addf(key.Line, "unknown key %s: %s may have %s", quoteKey(key), what, strings.Join(known, ", "))
		case repeated:
			r.Addf(key.Line, "the key %s is here for a second time, after line %d", key.Value, first)
		default:
			values[key.Value], lines[key.Value] = value, key.Line
		}
	}
	return values
}

// sequence returns the items of n.
func (r reader) sequence(n *yaml.Node, what string) []*yaml.Node {
	if !r.plain(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.Addf(n.Line, "%s is %s: it must be a list", what, describe(n))
		return nil
	}
	return n.Content
}

// text returns the text of n. Numbers and the like are refused rather than taken as they are written:
// another reader of the same file would see 7 where this one sees 007.
func (r reader) text(n *yaml.Node, what string) (string, bool) {
	if !r.plain(n) {
		return "", false
	}
	switch {
	case n.Kind != yaml.ScalarNode || isNull(n):
		r.Addf(n.Line, "%s is %s: it must be text", what, describe(n))
		return "", false
	case n.ShortTag() != "!!str":
		r.Addf(n.Line, `%s is %s: if text is meant, write "%s" in quotes`, what, describe(n), n.Value)
		return "", false
	}
	return n.Value, true
}

// plain reports whether n has none of the YAML features that change the meaning of its text, such as aliases
// and tags.
func (r reader) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		r.Addf(n.Line, "aliases (*%.64s) are not supported: write the value out, or put text that starts with * in quotes", n.Value)
	case n.Anchor != "":
		r.Addf(n.Line, "anchors (&%.64s) are not supported: remove it, or put text that starts with & in quotes", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		r.Addf(n.Line, "tags (%.64s) are not supported: remove it, or put text that starts with ! in quotes", n.Tag)
	default:
		return true
	}
	return false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// describe names the kind of n. It does not quote n: a wrong file with secrets may have been mounted.
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
	return "text"
}

func quoteKey(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return "that is " + describe(n)
	}
	return fmt.Sprintf("%.64q", n.Value)
}
