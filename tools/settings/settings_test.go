package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/tools/internal/checkouttest"
)

// source has a config with every way to write a field, and a function that reads the environment.
const source = `package a

// Config is what an [A] is made of. It has more to say.
type Config struct {
	// ID and Secret are credentials. Default: none. They are read once.
	ID, Secret string
	// Key and Keys open it: in turn | at once.
	Key  string
	Keys []string

	Inline int // Inline counts. Default: 3

	hidden int
}

type secretConfig struct{ F int }

// ConfigFromEnv reads a Config.
func ConfigFromEnv(lookup func(string) (string, bool)) Config {
	e := env{lookup}
	c := Config{ID: e.required("A_ID"), Key: e.get("A_KEY"), Secret: e.secret("A_SECRET", nil)}
	for _, key := range split(e.get("A_KEYS")) {
		c.Keys = append(c.Keys, key)
	}
	return c
}
`

const table = `
## a.Config

Config is what an ` + "`A`" + ` is made of.

| field | type | what it is | default |
|---|---|---|---|
| ` + "`ID`, `Secret` | `string`" + ` | ID and Secret are credentials. | none |
| ` + "`Key`, `Keys` | `string`, `[]string`" + ` | Key and Keys open it: in turn \| at once. |  |
| ` + "`Inline` | `int`" + ` | Inline counts. | 3 |

## Environment

Each variable can be given as ` + "`NAME_FILE`" + ` instead, the path of a file that holds the value.

| variable | field | read by |
|---|---|---|
| ` + "`A_ID` | `ID`, required | `a.ConfigFromEnv`" + ` |
| ` + "`A_KEY` | `Key` | `a.ConfigFromEnv`" + ` |
| ` + "`A_SECRET` | `Secret`, required; `Secrets` if it has several values, separated by one space each, or is a file | `a.ConfigFromEnv`" + ` |
| ` + "`A_KEYS` | `Keys` | `a.ConfigFromEnv`" + ` |
`

func TestEveryFieldAndVariableHasARow(t *testing.T) {
	text, err := generate(t.Context(), checkouttest.Write(t, map[string]string{
		"a/a.go": source, "a/a_test.go": source, "a/internal/b/b.go": source, "examples/c/c.go": source, "tools/d/d.go": source,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if want := introduction + table; string(text) != want {
		t.Errorf("got:\n%s\nwant:\n%s", text, want)
	}
}

func TestAnOutdatedDocumentIsReported(t *testing.T) {
	root := checkouttest.Write(t, map[string]string{"a/a.go": source, "docs/settings.md": "old"})
	if err := run(t.Context(), root, true); err == nil || !strings.Contains(err.Error(), "run go generate") {
		t.Errorf("got: %v", err)
	}
	if err := run(t.Context(), root, false); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), root, true); err != nil {
		t.Errorf("the document that was just written: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(root, "docs", "settings.md")); err != nil || !strings.HasSuffix(string(text), table) {
		t.Errorf("got: %s, %v", text, err)
	}
}

func TestABrokenSourceIsReported(t *testing.T) {
	err := run(t.Context(), checkouttest.Write(t, map[string]string{"a.go": "package a\n\nfunc {\n"}), false)
	if err == nil || !strings.Contains(err.Error(), "a.go:3") {
		t.Errorf("got: %v", err)
	}
}
