package config

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// FuzzLoad reads files that are made up. Each problem has a line of the file, a text and a remedy, and none has a secret in it. What is
// accepted, the schema accepts, too.
func FuzzLoad(f *testing.F) {
	for _, m := range mistakes {
		for p := range root.fields() {
			if p.isSecret() || p.path == "addr" || p.path == "login.oidc.require_claims" || p.path == "proxies" {
				f.Add([]byte(m.file(p, p.key, spellings(p)[0].yaml)))
			}
		}
	}
	f.Add(Sample())
	f.Add([]byte(active.ReplaceAllString(string(Sample()), "$1")))
	f.Add([]byte("fleet: {url: 'redis://u:" + hush + "@h', keys: ['" + hush + "', 7], '" + hush + "'}\n"))
	s := compiled(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var problems Problems
		err := parsed("pme.yaml", string(data))
		if err == nil {
			if err := validate(s, string(data)); err != nil {
				t.Errorf("the schema refuses what is accepted: %v\n%q", err, data)
			}
			return
		}
		if !errors.As(err, &problems) {
			t.Fatalf("another error: %v", err)
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.File != "pme.yaml" {
				t.Errorf("%v of %d lines", p, lines)
			}
			expectClear(t, p)
		}
	})
}

// FuzzVariable gives a field a value that is made up, in a variable and by its flag.
func FuzzVariable(f *testing.F) {
	fields := slices.Collect(root.fields())
	for i, p := range fields {
		f.Add(uint8(i), spellings(p)[0].text)
	}
	for _, text := range wrongTexts {
		f.Add(uint8(0), text)
	}
	f.Fuzz(func(t *testing.T, i uint8, text string) {
		p := fields[int(i)%len(fields)]
		var problems Problems
		inEnv, err := Load(Sources{Env: func(n string) (string, bool) { return text, n == p.env }})
		if errors.As(err, &problems) {
			for _, problem := range problems {
				expectClear(t, problem)
			}
		}
		if p.isSecret() || text == "" {
			return
		}
		byFlag, err2 := Load(Sources{Flags: &Flags{given: map[*part][]string{p: {text}}}})
		if (err == nil) != (err2 == nil) || err == nil && show(p.in(&inEnv.Config).Interface()) != show(p.in(&byFlag.Config).Interface()) {
			t.Errorf("%s: %q is something else in a variable (%v) than by a flag (%v)", p.path, text, err, err2)
		}
	})
}

func TestTheExampleOfTheDocumentationIsRead(t *testing.T) {
	data, err := os.ReadFile("../../testdata/pme.yaml")
	if err != nil || !strings.HasPrefix(string(data), "# yaml-language-server:") {
		t.Fatal(err)
	}
	if _, err := Load(Sources{File: "../../testdata/pme.yaml"}); err != nil {
		t.Error(err)
	}
}
