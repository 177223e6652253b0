package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheStartWarnsOfFilesThatOthersMayRead(t *testing.T) {
	const reads, changes = "everybody on this machine may read DIR/", "everybody on this machine may change DIR/"
	const inline = "webhook:\n  secret: a-secret-that-matterport-sends\n"
	for name, c := range map[string]struct {
		added string // to the configuration
		modes map[string]os.FileMode
		want  []string // what is warned of, one warning each
	}{
		"as they should be":         {inline, nil, nil},
		"for the group":             {inline, map[string]os.FileMode{"client-secret": 0o640, "pme.yaml": 0o640}, nil},
		"no secret in it":           {"", map[string]os.FileMode{"pme.yaml": 0o644}, nil},
		"a file of a secret":        {"", map[string]os.FileMode{"client-secret": 0o644}, []string{reads + "client-secret"}},
		"several":                   {"", map[string]os.FileMode{"client-secret": 0o644, "sdk-key": 0o604}, []string{reads + "client-secret", reads + "sdk-key"}},
		"a secret in it":            {inline, map[string]os.FileMode{"pme.yaml": 0o644}, []string{reads + "pme.yaml"}},
		"others may change it":      {"", map[string]os.FileMode{"pme.yaml": 0o646}, []string{changes + "pme.yaml"}},
		"others may change secrets": {"", map[string]os.FileMode{"proxy-secret": 0o602}, []string{changes + "proxy-secret"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, c.added)
			for file, mode := range c.modes {
				must(t, os.Chmod(filepath.Join(s.dir, file), mode))
			}
			var warnings []string
			for line := range strings.Lines(s.plain(s.serve(t).log.String())) {
				if strings.Contains(line, "is open to others") {
					warnings = append(warnings, line)
				}
			}
			if len(warnings) != len(c.want) {
				t.Fatalf("%q", warnings)
			}
			for i, want := range c.want {
				if w := warnings[i]; !strings.Contains(w, "level=WARN") || !strings.Contains(w, want+" ") || !strings.Contains(w, "chmod") {
					t.Errorf("%q, want %q", w, want)
				}
			}
		})
	}
}
