package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A Value is a field, as a person may see it.
type Value struct {
	// Path is the field, such as login.oidc.issuer.
	Path string `json:"path"`

	// Value is the value, and *** for a secret. It is empty if the field is not set: then the default counts.
	Value string `json:"value"`

	// Origin is where it is set: a file and a line, a variable or a flag. It is "default" if it is not set.
	Origin string `json:"origin"`
}

// Origin returns where a field or a section is set, such as pme.yaml:12, PME_ADDR or -addr. It returns "" if it is not set, and
// for a section that is not in the file.
func (l *Loaded) Origin(path string) string { return l.origins[path].String() }

// Effective returns all fields, in the order of the documentation.
func (l *Loaded) Effective() []Value {
	var values []Value
	for p := range root.fields() {
		v := Value{Path: p.path, Origin: "default"}
		if at, said := l.origins[p.path]; said {
			v.Origin = at.String()
			v.Value = show(p.in(&l.Config).Interface())
		}
		values = append(values, v)
	}
	return values
}

// Problem returns a problem with a field or a section, for what only those find out who are given the value: it is where the value
// was said, or the section around it.
func (l *Loaded) Problem(path, text, remedy string) Problem {
	p := Problem{Path: path, Text: text, Remedy: remedy}
	for at := path; at != ""; at = at[:max(strings.LastIndexByte(at, '.'), 0)] {
		if said, ok := l.origins[at]; ok {
			p.File, p.Line, p.Name = said.file, said.line, said.name
			break
		}
	}
	return p
}

// show returns the value of a field as a text.
func show(value any) string {
	switch value := value.(type) {
	case Secret:
		return "***"
	case time.Duration:
		return shortly(value)
	case []string:
		return strings.Join(value, ", ")
	case []netip.Prefix:
		var texts []string
		for _, prefix := range value {
			texts = append(texts, prefix.String())
		}
		return strings.Join(texts, ", ")
	case map[string]string:
		var texts []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			texts = append(texts, name+"="+value[name])
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprint(value)
}

// shortly writes a duration without zeros at its end: 10m and not 10m0s.
func shortly(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
