package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// compiled returns the schema as an editor has it.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaURL, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// errNotYAML means that an editor sees no value in a file.
var errNotYAML = errors.New("not YAML")

// validate returns what an editor says of a file. An empty file is one without keys.
func validate(s *jsonschema.Schema, text string) error {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return errNotYAML
	}
	if v == nil {
		v = map[string]any{}
	}
	data, err := json.Marshal(v)
	if err != nil {
		return errNotYAML
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return errNotYAML
	}
	return s.Validate(value) //nolint:wrapcheck // of a test
}

func TestTheSchemaAcceptsWhatIsAccepted(t *testing.T) {
	s := compiled(t)
	for p := range root.fields() {
		for _, spelling := range spellings(p) {
			text := fileOf(p, p.key, spelling.yaml)
			if err := validate(s, text); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		}
		if p.isSecret() {
			if err := validate(s, fileOf(p, p.key+fileSuffix, "/run/secrets/x")); err != nil {
				t.Errorf("%s: %v", p.path, err)
			}
		}
	}
}

// beyond are mistakes that the schema of a value cannot see, or that are none to it.
var beyond = map[string]bool{
	"an anchor": true, "a tag": true, "a second document": true, "a tab": true, "a character that reorders text": true,
	"a date": true, // it is a text in YAML 1.2
}

func TestTheSchemaRefusesWhatIsRefused(t *testing.T) {
	s := compiled(t)
	for _, m := range mistakes {
		for p := range root.fields() {
			text := m.file(p, p.key, spellings(p)[0].yaml)
			form := p.form == form.Separator && m.name == "an escaped line break"
			if err := validate(s, text); err == nil && !beyond[m.name] && !form && !(p.isSecret() && m.name == "an escaped line break") {
				t.Errorf("%s: the schema accepts\n%s", m.name, text)
			}
		}
	}
	for _, text := range []string{
		"audit: {chain_key: x, chain_key_file: y}", "fleet: {keys: [" + strings.Repeat("k, ", 17) + "]}", "log: []", "login: {oidc: []}", "other: {}",
		"tokens: {mint_burst: 0}", "tokens: {mint_burst: 1.5}", "drain: 1d", "drain: 15", "log: {level: loud}", "proxies: [localhost]", "proxies: 10.0.0.1",
		"base_url: ftp://a", "paths: {spaces: pme}", "admin: {users: [a, a]}", "admin: {users: []}", "login: {oidc: {auth_params: {}}}",
		"login: {oidc: {auth_params: {a: 7}}}", "fleet: {tls: 'true'}", "fleet: {url: 'http://a'}", "login: {headers: {user: 'X Y'}}", "metrics: {addr: localhost}",
	} {
		if err := validate(s, text); err == nil {
			t.Errorf("the schema accepts %s", text)
		}
		if err := parsed("pme.yaml", text); err == nil {
			t.Errorf("Load accepts %s", text)
		}
	}
}

func TestEverySectionOfTheSchemaIsClosedAndEveryKeyDescribed(t *testing.T) {
	var s map[string]any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	sections := 0
	var walk func(path string, s map[string]any)
	walk = func(path string, s map[string]any) {
		properties, ok := s["properties"].(map[string]any)
		if !ok {
			return
		}
		sections++
		if s["additionalProperties"] != false {
			t.Errorf("%s may have other keys", path)
		}
		for key, value := range properties {
			value := value.(map[string]any)
			if text, _ := value["description"].(string); len(text) < 10 {
				t.Errorf("%s.%s has no description", path, key)
			}
			walk(path+"."+key, value)
		}
	}
	walk("", s)
	if sections != 20 {
		t.Errorf("%d sections", sections)
	}
}

// active is a line of the sample that can be put in force: an even number of spaces is before its key.
var active = regexp.MustCompile(`(?m)^#((?:  )*[a-z_]+:.*)$`)

func TestTheSampleCanBePutInForce(t *testing.T) {
	text := active.ReplaceAllString(string(Sample()), "$1")
	if err := validate(compiled(t), text); err != nil {
		t.Error(err)
	}
	if err := parsed("pme.yaml", text); err != nil {
		t.Error(err)
	}
	var problems collector
	said := parseFile("pme.yaml", []byte(text), &problems)
	for p := range root.all() {
		if _, is := said[p]; !is {
			t.Errorf("%s is not in the sample", p.path)
		}
	}
	var untouched collector
	if said := parseFile("pme.yaml", Sample(), &untouched); len(said) != 0 || untouched.err() != nil {
		t.Error("the sample says something as it is")
	}
}
