package schema_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const name = "../../docs/allow-list.schema.json"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("allow-list.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("allow-list.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// value returns what an editor sees of a YAML file. Dates are text in it, as in YAML 1.2.
func value(text []byte) (any, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	untimed(&root)
	var v any
	if err := root.Decode(&v); err != nil {
		return nil, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}

func untimed(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		untimed(child)
	}
}

func TestGoodFilesAreValid(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob("../../testdata/allow*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := value(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestMistakesAreSeen(t *testing.T) {
	s := compiled(t)
	const good = `{rules: [{users: [a], models: [SxQL3iGyoDo], until: "2026-12-31 Europe/Berlin", except: {users: [b]}}]}`
	for name, replace := range map[string][2]string{
		"nothing":           {"", ""},
		"unknown key":       {"users: [a]", "user: [a]"},
		"at the top":        {"{rules:", "{version: 1, rules:"},
		"no people":         {"users: [a], ", ""},
		"no models":         {"models: [SxQL3iGyoDo], ", ""},
		"empty list":        {"[a]", "[]"},
		"a number":          {"[a]", "[7]"},
		"twice":             {"[a]", "[a, a]"},
		"short ID":          {"SxQL3iGyoDo", "SxQL3iGyoD"},
		"unknown selector":  {"SxQL3iGyoDo", "name:Office"},
		"day without zone":  {" Europe/Berlin", ""},
		"time without zone": {"2026-12-31 Europe/Berlin", "2026-12-31T00:00:00"},
		"empty exception":   {"{users: [b]}", "{}"},
		"except all":        {"{users: [b]}", `{models: ["*"]}`},
		"two selectors":     {"SxQL3iGyoDo", "{folder: a, internalId: b}"},
		"address of a town": {"SxQL3iGyoDo", "{address: {town: Bern}}"},
		"star in a folder":  {"SxQL3iGyoDo", "{folder: a*}"},
		"name alone":        {"SxQL3iGyoDo", "{name: a}"},
	} {
		v, err := value([]byte(strings.Replace(good, replace[0], replace[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); (err == nil) != (name == "nothing") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
