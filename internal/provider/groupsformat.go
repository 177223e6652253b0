package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The formats of groups. The default is that of an empty text.
const (
	formatJSON  = "json"
	formatComma = "comma"
	formatKeys  = "keys"
)

// CheckGroupsFormat reports a format that is not one of these:
//
//	""       an array of names, or one name
//	"json"   a text with a JSON array of names in it
//	"comma"  a text with names between commas
//	"keys"   an object whose keys are the names
//
// An array of names is read in each of them. Its elements may be written in the format too.
func CheckGroupsFormat(format string) error {
	if slices.Contains([]string{"", formatJSON, formatComma, formatKeys}, format) {
		return nil
	}
	return fmt.Errorf(`GroupsFormat must be empty or "json", "comma" or "keys"; %.40q is not`, format)
}

// A reading is what has been read of a claim.
type reading struct {
	format     string
	names      []string
	odd        []string // kinds of the groups that are not text
	unreadable bool     // the claim as a whole
}

func (r *reading) read(value any) {
	switch value := value.(type) {
	case nil:
	case []any:
		for _, element := range value {
			if !r.one(element) {
				r.odd = append(r.odd, kindOf(element))
			}
		}
	default:
		r.unreadable = !r.one(value)
	}
}

// one reads a text, or an object of names, and returns false for what is neither.
func (r *reading) one(value any) bool {
	switch value := value.(type) {
	case string:
		return r.text(value)
	case map[string]any:
		if r.format != formatKeys {
			return false
		}
		r.add(slices.Sorted(maps.Keys(value))...)
		return true
	default:
		return false
	}
}

func (r *reading) text(text string) bool {
	switch {
	case r.format == formatComma:
		for name := range strings.SplitSeq(text, ",") {
			r.add(strings.TrimSpace(name))
		}
	case r.format == formatJSON && looksLikeJSON(text):
		var array []any
		if json.Unmarshal([]byte(text), &array) != nil {
			return false
		}
		inner := reading{} // not JSON in JSON
		inner.read(array)
		r.add(inner.names...)
		r.odd = append(r.odd, inner.odd...)
	default:
		r.add(text)
	}
	return true
}

func (r *reading) add(names ...string) {
	for _, name := range names {
		if name != "" {
			r.names = append(r.names, name)
		}
	}
}

// looksLikeJSON reports whether the text may be a JSON array.
func looksLikeJSON(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]")
}

// kindOf says in a word what a value of a claim is.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	default:
		return "number"
	}
}
