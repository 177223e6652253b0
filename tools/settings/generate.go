package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-pme/pme/tools/internal/checkout"
)

const introduction = `# Settings

<!-- Generated from the code by tools/settings: do not edit. -->

Every field of every configuration, with the first sentence of its documentation; ` + "`go doc`" + ` has the rest. The constructor of each package checks
the values and reports all problems at once, with the names of the fields. The environment variables that pme itself reads are
[at the end](#environment).
`

// generate returns the document for the checkout at root.
func generate(ctx context.Context, root string) ([]byte, error) {
	files, err := checkout.Files(ctx, root)
	if err != nil {
		return nil, err
	}
	var configs []config
	var variables []variable
	for _, name := range files {
		if !documented(name) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		configs = append(configs, configsOf(path.Dir(name), file)...)
		variables = append(variables, variablesOf(file)...)
	}
	slices.SortFunc(configs, func(a, b config) int {
		return cmp.Or(cmp.Compare(a.depth(), b.depth()), cmp.Compare(a.title(), b.title()))
	})
	return write(configs, variables), nil
}

// documented reports whether applications see what is in a file.
func documented(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") && top != "examples" && top != "tools" &&
		!strings.Contains("/"+name, "/internal/") && !strings.Contains(name, "matterporttest/")
}

func write(configs []config, variables []variable) []byte {
	var text bytes.Buffer
	text.WriteString(introduction)
	for _, c := range configs {
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n| field | type | what it is | default |\n|---|---|---|---|\n", c.title(), c.about)
		for _, f := range c.fields {
			fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", code(f.names), code(f.types), cell(f.about), cell(f.standard))
		}
	}
	text.WriteString("\n## Environment\n\nEach variable can be given as `NAME_FILE` instead, the path of a file that holds the value.\n")
	text.WriteString("\n| variable | field | read by |\n|---|---|---|\n")
	for _, v := range variables {
		field := "`" + v.field + "`"
		if v.required {
			field += ", required"
		}
		if v.several {
			field += "; `" + v.field + "s` if it has several values, separated by one space each, or is a file"
		}
		fmt.Fprintf(&text, "| `%s` | %s | `%s` |\n", v.name, field, v.reader)
	}
	return text.Bytes()
}

func code(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// isConfig reports whether a type is one that applications fill in.
func isConfig(name string) bool {
	return ast.IsExported(name) && (strings.HasSuffix(name, "Config") || strings.HasSuffix(name, "Options"))
}
