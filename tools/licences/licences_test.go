package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program has the modules that the released one has: a licence that must not be in it, or none, ends the release here.
func TestWhatIsInTheProgramMayBePassedOn(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "pme")
	build := exec.CommandContext(t.Context(), "go", "-C", "../../cmd/pme", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sbom, texts := filepath.Join(dir, "sbom.json"), filepath.Join(dir, "licences.txt")
	if err := run(t.Context(), program, sbom, texts); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(sbom)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(written, &d); err != nil || d.Format != "CycloneDX" {
		t.Fatalf("%v\n%s", err, written)
	}
	licences := map[string]string{}
	for _, c := range d.Components {
		var ids []string
		for _, l := range c.Licences {
			ids = append(ids, l.License.ID)
		}
		licences[c.Name] = strings.Join(ids, " ")
		if len(ids) == 0 || c.Version == "" {
			t.Errorf("%+v", c)
		}
	}
	for name, want := range map[string]string{"std": "BSD-3-Clause", "go.yaml.in/yaml/v3": "Apache-2.0 MIT", "github.com/jackc/pgx/v5": "MIT"} {
		if licences[name] != want {
			t.Errorf("%s: %q", name, licences[name])
		}
	}
	text, err := os.ReadFile(texts)
	if err != nil || !bytes.Contains(text, []byte("github.com/redis/rueidis v")) || !bytes.Contains(text, []byte("musl")) {
		t.Errorf("%v, %d bytes", err, len(text))
	}
}

func TestLicencesThatAskForMoreAreRefused(t *testing.T) {
	const mit = "Permission is hereby granted, free of charge, to any person obtaining a copy\nof this software and associated documentation files"
	for text, want := range map[string]string{
		mit: "",
		mit + "\nor the GNU Lesser General\n  Public License": "it names the gnu lesser general public license",
		"Mozilla Public License Version 2.0":                  "it names the mozilla public license",
		"All rights reserved.":                                "it is not a licence that is known here",
	} {
		if ids, problem := recognise(text); problem != want || (want == "") != (len(ids) == 1) {
			t.Errorf("%q: %q, %q", text, ids, problem)
		}
	}
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := licencesIn(dir); err == nil {
		t.Error("no error")
	}
	if err := os.WriteFile(filepath.Join(dir, "NOTICE"), []byte("A notice is no licence."), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := licencesIn(dir); err == nil {
		t.Error("no error")
	}
}
