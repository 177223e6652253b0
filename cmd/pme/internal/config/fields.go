package config

import (
	"iter"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A part is a section or a field of Config. The tree of all parts is made once, from the types.
type part struct {
	path  string // such as login.oidc.issuer; "" for Config itself
	key   string // the last word of the path
	index []int  // of the field in Config, from the outside in
	kind  reflect.Type

	env     string   // the name in the environment; "" for a section
	choices []string // all values there may be, if there are few
	form    string   // of a text: see forms
	least   string   // of a number or a duration

	parts []*part // of a section, in the order of the types
}

// The types that a field may have.
var (
	typeText     = reflect.TypeFor[string]()
	typeBool     = reflect.TypeFor[bool]()
	typeInt      = reflect.TypeFor[int]()
	typeDuration = reflect.TypeFor[time.Duration]()
	typeTexts    = reflect.TypeFor[[]string]()
	typePrefixes = reflect.TypeFor[[]netip.Prefix]()
	typePairs    = reflect.TypeFor[map[string]string]()
	typeSecret   = reflect.TypeFor[Secret]()
)

// root is the tree of all parts.
var root = partsOf(&part{kind: reflect.TypeFor[Config]()})

// partsOf adds the parts of a section to it, and theirs.
func partsOf(section *part) *part {
	kind := structOf(section.kind)
	for i := range kind.NumField() {
		field := kind.Field(i)
		p := &part{
			key:   field.Tag.Get("yaml"),
			index: append(slices.Clone(section.index), i),
			kind:  field.Type,
			form:  field.Tag.Get("form"),
			least: field.Tag.Get("least"),
		}
		p.path = strings.TrimPrefix(section.path+"."+p.key, ".")
		if choices := field.Tag.Get("choices"); choices != "" {
			p.choices = strings.Split(choices, ",")
		}
		section.parts = append(section.parts, p)
		if p.isSection() {
			partsOf(p)
			continue
		}
		p.env = field.Tag.Get("env")
		if p.env == "" {
			p.env = envPrefix + strings.ToUpper(strings.ReplaceAll(p.path, ".", "_"))
		}
	}
	return section
}

// structOf returns the type of a section without its pointer.
func structOf(kind reflect.Type) reflect.Type {
	if kind.Kind() == reflect.Pointer {
		return kind.Elem()
	}
	return kind
}

// isSection reports whether the part has parts. Some sections are pointers: they are nil unless something is said of them.
func (p *part) isSection() bool {
	return p.kind.Kind() == reflect.Pointer || p.kind.Kind() == reflect.Struct && !p.isSecret()
}

func (p *part) isSecret() bool { return p.kind == typeSecret }

// flag returns the name of the field's flag. A secret has one for its file only.
func (p *part) flag() string {
	if p.isSecret() {
		return p.path + fileSuffix
	}
	return p.path
}

// keys returns the keys that a section may have in the file.
func (p *part) keys() []string {
	var keys []string
	for _, child := range p.parts {
		keys = append(keys, child.key)
		if child.isSecret() {
			keys = append(keys, child.key+fileSuffix)
		}
	}
	return keys
}

// all returns all sections and fields below a section, in the order of the types.
func (p *part) all() iter.Seq[*part] {
	return func(yield func(*part) bool) { p.visit(yield) }
}

func (p *part) visit(yield func(*part) bool) bool {
	for _, child := range p.parts {
		if !yield(child) || !child.visit(yield) {
			return false
		}
	}
	return true
}

// fields returns all fields below a section.
func (p *part) fields() iter.Seq[*part] {
	return func(yield func(*part) bool) {
		for child := range p.all() {
			if !child.isSection() && !yield(child) {
				return
			}
		}
	}
}

// find returns the part with a path below a section, or nil.
func (p *part) find(path string) *part {
	for child := range p.all() {
		if child.path == path {
			return child
		}
	}
	return nil
}

// in returns the place of the part in a configuration, and makes the sections on the way to it, and itself if it is one.
func (p *part) in(cfg *Config) reflect.Value {
	place := reflect.ValueOf(cfg).Elem()
	for _, i := range p.index {
		place = place.Field(i)
		if place.Kind() == reflect.Pointer {
			if place.IsNil() {
				place.Set(reflect.New(place.Type().Elem()))
			}
			place = place.Elem()
		}
	}
	return place
}
