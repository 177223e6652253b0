package commands_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The names of the commands as pme prints them.
func names(t *testing.T) (all []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(run(t, nil, "help").out, -1) {
		all = append(all, m[1])
	}
	if len(all) < 12 {
		t.Fatalf("%v", all)
	}
	return all
}

func TestEveryCommandIsInTheDocument(t *testing.T) {
	document := read(t, filepath.Join("..", "..", "..", "..", "docs", "commands.md"))
	for _, name := range names(t) {
		if !strings.Contains(document, "\n## pme "+name+"\n") || !strings.Contains(document, "| [`"+name+"`](#pme-"+name+") |") {
			t.Errorf("docs/commands.md does not describe pme %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^## pme ([a-z]+)$`).FindAllStringSubmatch(document, -1) {
		if !slices.Contains(names(t), m[1]) {
			t.Errorf("docs/commands.md describes pme %s, which there is not", m[1])
		}
	}
}

func TestEveryFlagIsInTheDocument(t *testing.T) {
	document := read(t, filepath.Join("..", "..", "..", "..", "docs", "commands.md"))
	for _, name := range names(t) {
		help := run(t, nil, name, "-help")
		if help.code != 0 {
			t.Errorf("pme %s -help: exit %d", name, help.code)
		}
		if name == "serve" || name == "config" {
			continue // their flags are the settings
		}
		_, section, _ := strings.Cut(document, "\n## pme "+name+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		for _, m := range regexp.MustCompile(`(?m)^  (-[a-z]+)`).FindAllStringSubmatch(help.err, -1) {
			if m[1] != "-json" && m[1] != "-socket" && !strings.Contains(section, m[1]) {
				t.Errorf("docs/commands.md does not describe pme %s %s", name, m[1])
			}
		}
	}
}

// Every field that a command prints as JSON is in its section of the document.
func TestEveryFieldIsInTheDocument(t *testing.T) {
	document := read(t, filepath.Join("..", "..", "..", "..", "docs", "commands.md"))
	files, err := filepath.Glob("testdata/*.golden")
	must(t, err)
	seen := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		must(t, err)
		_, out, _ := bytes.Cut(data, []byte("--- stdout\n"))
		out, _, _ = bytes.Cut(out, []byte("--- stderr\n"))
		if !json.Valid(out) {
			continue
		}
		seen++
		name, _, _ := strings.Cut(filepath.Base(file), "-")
		_, section, _ := strings.Cut(document, "\n## pme "+name+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		fields := regexp.MustCompile(`(?m)^ {2}"([a-z_]+)":`)
		if out[0] == '[' {
			fields = regexp.MustCompile(`(?m)^ {4}"([a-z_]+)":`)
		}
		for _, m := range fields.FindAllSubmatch(out, -1) {
			if field := string(m[1]); !strings.Contains(section, field) {
				t.Errorf("%s: docs/commands.md does not describe %s of pme %s", file, field, name)
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d golden files have JSON", seen)
	}
}
