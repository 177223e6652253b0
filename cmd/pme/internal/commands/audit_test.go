package commands_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const chainKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// inTrail is a site in whose trail alice has seen a space.
func inTrail(t *testing.T, settings string) (*site, *server) {
	t.Helper()
	s := newSite(t)
	s.write(t, "chain-key", chainKey+"\n")
	s.secrets = append(s.secrets, strings.TrimSpace(chainKey))
	s.add(t, s.control()+"audit:\n"+settings)
	p := s.serve(t)
	p.open(t, "alice", "", office)
	return s, p
}

func TestATrailOfFilesIsVerifiedAndReported(t *testing.T) {
	s, p := inTrail(t, "  dir: audit\n  chain_key_file: chain-key\nlog:\n  format: json\n")
	if o := s.run(t, "revoke", "alice"); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	p.stop()
	s.write(t, "log.json", p.log.String())
	golden(t, "audit-verify", s.run(t, "audit", "verify", "-anchor", filepath.Join(s.dir, "log.json")))
	golden(t, "audit-verify-json", s.run(t, "audit", "verify", "-json"))
	o := s.run(t, "audit", "report", "-user", "alice")
	o.out = regexp.MustCompile(`uid \d+( \([^)]*\))?`).ReplaceAllString(o.out, "OPERATOR")
	golden(t, "audit-report", o)
	if o := s.run(t, "audit", "report", "-csv", "-model", "Head office"); o.code != 0 || !strings.HasPrefix(o.out, "user,model,name") || !strings.Contains(o.out, "\nalice,"+office+",Head office,") {
		t.Errorf("%+v", o)
	}
	if o := s.run(t, "audit", "report", "-json", "-user", "bob"); o.code != 0 || strings.TrimSpace(o.out) != "[]" {
		t.Errorf("%+v", o)
	}
	if o := s.run(t, "audit", "report", "-json", "-to", "2020-01-01", "-from", "2019-01-01"); strings.TrimSpace(o.out) != "[]" {
		t.Errorf("%+v", o)
	}
	o = s.run(t, "audit", "report", "-unused", "-json")
	if o.code != 0 || !strings.Contains(o.out, `"bob"`) || strings.Contains(o.out, `"alice"`) {
		t.Errorf("%+v", o)
	}
	if o := s.run(t, "audit", "report", "-troubles"); o.code != 0 {
		t.Errorf("%+v", o)
	}
}

func TestADamagedTrailIsFound(t *testing.T) {
	s, p := inTrail(t, "  dir: audit\nlog:\n  format: json\n")
	p.stop()
	s.write(t, "log.json", p.log.String())
	files := s.files(t)
	data, err := os.ReadFile(files[0])
	must(t, err)
	must(t, os.WriteFile(files[0], []byte(strings.Replace(string(data), `"alice"`, `"mallory"`, 1)), 0o600))
	if o := s.run(t, "audit", "verify"); o.code != 1 || !strings.Contains(o.out, "NOT whole") {
		t.Errorf("changed: %+v", o)
	}
	lines := strings.SplitAfter(string(data), "\n")
	must(t, os.WriteFile(files[0], []byte(strings.Join(lines[:2], "")), 0o600))
	if o := s.run(t, "audit", "verify"); o.code != 0 {
		t.Errorf("cut off, without an anchor: %+v", o)
	}
	if o := s.run(t, "audit", "verify", "-anchor", filepath.Join(s.dir, "log.json")); o.code != 1 {
		t.Errorf("cut off: %+v", o)
	}
}

func TestAFileOfSQLiteIsReadThroughTheProcess(t *testing.T) {
	s, p := inTrail(t, "  database: audit.db\n")
	for range 2 {
		if o := s.run(t, "audit", "report", "-json", "-user", "alice"); o.code != 0 || !strings.Contains(o.out, office) {
			t.Errorf("%+v", o)
		}
		if o := s.run(t, "audit", "verify"); o.code != 0 {
			t.Errorf("%+v", o)
		}
		p.stop() // the second time the file itself is read
	}
}

func TestUsersOfAPseudonymousTrailAreFoundByTheirID(t *testing.T) {
	s, p := inTrail(t, "  dir: audit\n  pseudonym_keys_file: chain-key\n")
	p.stop()
	o := s.run(t, "audit", "report", "-json", "-user", "alice")
	if o.code != 0 || !strings.Contains(o.out, office) || strings.Contains(o.out, "alice") {
		t.Errorf("%+v", o)
	}
}

func TestATrailThatCannotBeReadIsSaidSo(t *testing.T) {
	s := newSite(t)
	golden(t, "audit-none", s.run(t, "audit", "verify"))
	golden(t, "audit-no-dir", s.run(t, "audit", "verify", "-dir", filepath.Join(s.dir, "missing")))
	golden(t, "audit-no-anchors", s.run(t, "audit", "verify", "-dir", s.dir, "-anchor", s.allow))
	for _, args := range [][]string{{"audit"}, {"audit", "burn"}, {"audit", "report", "-csv", "-json"}, {"audit", "report", "-from", "yesterday"}} {
		if o := s.run(t, args...); o.code != 2 {
			t.Errorf("%v: %+v", args, o)
		}
	}
}

func TestATrailWithoutRecordsIsNotWhole(t *testing.T) {
	s := newSite(t)
	empty := t.TempDir()
	o := s.run(t, "audit", "verify", "-dir", empty)
	if o.code != 1 || !strings.Contains(o.out, "There are no records in "+empty) || strings.Contains(o.out, "whole") {
		t.Errorf("%+v", o)
	}
	o = s.run(t, "audit", "verify", "-dir", empty, "-json")
	if o.code != 1 || !strings.Contains(o.out, `"ok": false`) || !strings.Contains(o.out, "no records") {
		t.Errorf("%+v", o)
	}
}

func TestKeysAreMade(t *testing.T) {
	s := newSite(t)
	o := run(t, nil, "key", "new", "-kind", "fleet")
	key := strings.TrimSpace(o.out)
	if o.code != 0 || len(key) != 44 || !strings.Contains(o.err, "fleet.keys_file") || strings.Contains(o.err, key) {
		t.Errorf("%+v", o)
	}
	if other := run(t, nil, "key", "new"); other.out == o.out || other.err != "" {
		t.Errorf("%+v", other)
	}
	path := filepath.Join(s.dir, "key")
	if o := run(t, nil, "key", "new", "-out", path, "-json"); o.code != 0 || strings.Contains(o.out, `"key"`) {
		t.Errorf("%+v", o)
	}
	first := read(t, path)
	if o := run(t, nil, "key", "new", "-out", path); o.code != 1 || read(t, path) != first {
		t.Errorf("a file was replaced: %+v", o)
	}
	if o := run(t, nil, "key", "new", "-rotate", path); o.code != 0 || !strings.HasSuffix(read(t, path), "\n"+first) || strings.Contains(o.out+o.err, strings.TrimSpace(first)) {
		t.Errorf("%+v", o)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the rights are %v", info.Mode())
	}
	if o := run(t, nil, "key", "new", "-rotate", path+"x"); o.code != 1 {
		t.Errorf("%+v", o)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}
