package config

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files that are generated from the types")

// TestGenerated holds the files that are generated from the types and their comments against what is in the repository.
func TestGenerated(t *testing.T) {
	about := describeParts(t)
	for name, want := range map[string][]byte{
		"descriptions.go":                      descriptionsFile(t, about),
		"../../testdata/pme.yaml":              sampleWith(about),
		"../../../../docs/gateway.schema.json": schemaWith(about),
		"../../../../docs/gateway-settings.md": settingsPage(about),
	} {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
			t.Errorf("%s is not what the types give (%v): run go generate ./internal/config in cmd/pme", name, err)
		}
	}
}

func TestEveryPartIsDescribed(t *testing.T) {
	for p := range root.all() {
		d := descriptions[p.path]
		if !strings.HasSuffix(d.about, ".") || !p.isSection() && d.standard == "" && d.required == "" {
			t.Errorf("%s: %+v: say in the comment what it is, and its default or when it is required", p.path, d)
		}
	}
}

// describeParts reads the comments of the types, by path.
func describeParts(t *testing.T) map[string]description {
	t.Helper()
	comments := fieldComments(t)
	about := map[string]description{}
	var describe func(section *part)
	describe = func(section *part) {
		kind := structOf(section.kind)
		keys := map[string]string{}
		for _, p := range root.parts {
			if !p.isSection() {
				keys[structOf(root.kind).Field(p.index[0]).Name] = p.key
			}
		}
		for i, p := range section.parts {
			if !p.isSection() {
				keys[kind.Field(i).Name] = p.key
			}
		}
		for i, p := range section.parts {
			about[p.path] = readComment(kind.Field(i).Name, p.key, comments[kind.Name()+"."+kind.Field(i).Name], keys)
			if p.isSection() {
				describe(p)
			}
		}
	}
	describe(root)
	return about
}

// fieldComments returns the comments of all fields of the types in this directory, by type and name.
func fieldComments(t *testing.T) map[string]string {
	t.Helper()
	comments := map[string]string{}
	for _, name := range []string{"config.go", "login.go", "parts.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if fields, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range fields.Fields.List {
					for _, name := range f.Names {
						comments[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
					}
				}
			}
			return true
		})
	}
	return comments
}

var (
	standardForm = regexp.MustCompile(` ?Default: (.+?)\.( [A-Z]|$)`)
	requiredForm = regexp.MustCompile(` ?(Required[^.]*)\.`)
	identifier   = regexp.MustCompile(`[-\w]+`)
)

// readComment turns a comment into a description: without the name of the field at its beginning, and with keys for names of fields.
func readComment(name, key, comment string, keys map[string]string) description {
	var d description
	if match := standardForm.FindStringSubmatch(comment); match != nil {
		d.standard = match[1]
		comment = strings.Replace(comment, match[0], match[2], 1)
	}
	if match := requiredForm.FindStringSubmatch(comment); match != nil {
		d.required = match[1]
		comment = strings.Replace(comment, match[0], "", 1)
	}
	for _, start := range []string{name + " is ", name + " are "} {
		if rest, ok := strings.CutPrefix(comment, start); ok {
			comment = strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	if first, rest, _ := strings.Cut(comment, " "); first == name {
		comment = key + " " + rest
	}
	withKeys := func(text string) string {
		return identifier.ReplaceAllStringFunc(text, func(word string) string {
			if key := keys[word]; key != "" {
				return key
			}
			return word
		})
	}
	return description{withKeys(comment), withKeys(d.standard), withKeys(d.required)}
}

func descriptionsFile(t *testing.T, about map[string]description) []byte {
	t.Helper()
	var text bytes.Buffer
	text.WriteString("// Code generated from the comments of the types: DO NOT EDIT. Run go generate.\n\npackage config\n\nvar descriptions = map[string]description{\n")
	for p := range root.all() {
		d := about[p.path]
		fmt.Fprintf(&text, "%q: {%q, %q, %q},\n", p.path, d.about, d.standard, d.required)
	}
	text.WriteString("}\n")
	source, err := format.Source(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// settingsPage returns the table of all settings.
func settingsPage(about map[string]description) []byte {
	var text bytes.Buffer
	text.WriteString(settingsIntroduction)
	sections := []*part{root}
	for p := range root.all() {
		if p.isSection() {
			sections = append(sections, p)
		}
	}
	for _, section := range sections {
		fields := slices.DeleteFunc(slices.Clone(section.parts), (*part).isSection)
		if len(fields) == 0 {
			continue
		}
		title, what := section.path, about[section.path].text()
		if section == root {
			title, what = "At the top of the file", "These belong to no section."
		}
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n| key | variable | flag | type | meaning | default |\n|---|---|---|---|---|---|\n", title, what)
		for _, p := range fields {
			writeRow(&text, p, about[p.path])
		}
	}
	return text.Bytes()
}

func writeRow(text *bytes.Buffer, p *part, d description) {
	key, variable := "`"+p.key+"`", "`"+p.env+"`"
	if p.isSecret() {
		key += ", `" + p.key + fileSuffix + "`"
		variable += ", `" + p.env + envFileSuffix + "`"
	}
	standard := d.standard
	if d.required != "" {
		standard = strings.TrimPrefix(strings.ToLower(d.required[:1])+d.required[1:]+"; "+standard, "; ")
		standard = strings.TrimSuffix(standard, "; ")
	}
	meaning := d.about
	if len(p.choices) > 4 {
		meaning += " One of " + strings.Join(p.choices, ", ") + "."
	}
	cells := []string{key, variable, "`-" + p.flag() + "`", p.typeName(), meaning, standard}
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	fmt.Fprintf(text, "| %s |\n", strings.Join(cells, " | "))
}

// typeName returns the type of a field, in words of people who do not write Go.
func (p *part) typeName() string {
	switch p.kind {
	case typeBool:
		return "true or false"
	case typeInt:
		return "number"
	case typeDuration:
		return "duration"
	case typeTexts:
		return "list"
	case typePrefixes:
		return "list of address ranges"
	case typePairs:
		return "names and values"
	case typeSecret:
		return "secret"
	}
	return "text"
}

const settingsIntroduction = `# Settings of the program pme

<!-- Generated from cmd/pme/internal/config: do not edit. -->

Everything that ` + "`pme serve`" + ` can be told: in a YAML file, which the flag ` + "`-config`" + ` or the variable ` + "`PME_CONFIG`" + ` names, in the
environment, and by flags. A flag comes before the environment, and the environment before the file.

- The file is strict: an unknown or repeated key, an empty value, a value of another type, an alias or a tab ends the start, with the line and
  what to write instead. Relative paths in it count from its directory. An editor that knows YAML checks it with
  [the schema](gateway.schema.json).
- A **duration** is written as in ` + "`90s`, `10m`, `12h` or `1h30m`" + `. A day is ` + "`24h`" + `.
- A **list** in the file is a list of YAML. In a variable or a flag its values are separated by spaces or commas. If one has a space or a
  comma in it, write the list in JSON: ` + "`[\"Facility Management\",\"IT\"]`" + `.
- **Names and values** are a mapping in the file. In a variable or a flag write ` + "`name=value,name=value`" + `, or JSON.
- A **secret** can be in the file, where several values are a list or separated by spaces, the newest first; in a variable, separated by spaces;
  or in a file of its own, one on each line, which is read again when it changes: the key with ` + "`_file`" + `, the variable with ` + "`_FILE`" + `, or the flag.
- A variable that is empty counts as not set. An unknown variable that begins with ` + "`PME_`" + ` ends the start, as it is probably mistyped; those
  that Kubernetes sets for a service named pme do not.
`
