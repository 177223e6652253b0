package main

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// A config is an exported struct that applications fill in.
type config struct {
	dir, name string
	about     string
	fields    []field
}

// A field is a row: one field, or several that share a comment.
type field struct {
	names    []string
	types    []string // none twice
	about    string
	standard string // its default
}

func (c config) title() string {
	if c.dir == "." {
		return "pme." + c.name
	}
	return c.dir + "." + c.name
}

func (c config) depth() int {
	if c.dir == "." {
		return 0
	}
	return 1 + strings.Count(c.dir, "/")
}

// configsOf returns the configs that a file declares.
func configsOf(dir string, file *ast.File) []config {
	var configs []config
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			declared, ok := spec.(*ast.TypeSpec)
			if !ok || !isConfig(declared.Name.Name) {
				continue
			}
			if fields, ok := declared.Type.(*ast.StructType); ok {
				about, _ := describe(general.Doc.Text())
				configs = append(configs, config{dir, declared.Name.Name, about, rows(fields)})
			}
		}
	}
	return configs
}

// rows returns the exported fields. One without a comment shares that of the field before.
func rows(fields *ast.StructType) []field {
	var rows []field
	for _, f := range fields.Fields.List {
		comment := f.Doc.Text() + f.Comment.Text()
		for i, name := range f.Names {
			if !name.IsExported() {
				continue
			}
			if len(rows) == 0 || comment != "" && i == 0 {
				about, standard := describe(comment)
				rows = append(rows, field{about: about, standard: standard})
			}
			rows[len(rows)-1].join(name.Name, types.ExprString(f.Type))
		}
	}
	return rows
}

// join adds a field to the row.
func (f *field) join(name, kind string) {
	f.names = append(f.names, name)
	if !slices.Contains(f.types, kind) {
		f.types = append(f.types, kind)
	}
}

var (
	sentence = regexp.MustCompile(`^(.*?[.:])(?: [A-Z]| *$)`)
	standard = regexp.MustCompile(`[Dd]efaults?: (.+?)(?:\.(?: [A-Z]|$)|$)`)
	doclink  = regexp.MustCompile(`\[([\w.]+)\]`)
)

// describe returns the first sentence of a comment, and the default that it names.
func describe(comment string) (about, value string) {
	text := strings.Join(strings.Fields(comment), " ")
	if match := standard.FindStringSubmatch(text); match != nil {
		value = plain(match[1])
	}
	if match := sentence.FindStringSubmatch(text); match != nil {
		text = match[1]
	}
	text, _, _ = strings.Cut(text, "default: ")
	if strings.HasSuffix(text, ":") {
		text = strings.TrimSuffix(text, ":") + "."
	}
	return plain(text), value
}

func plain(text string) string { return doclink.ReplaceAllString(text, "`$1`") }
