package main

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
)

// released is the heading of a release in the changelog, such as "## [0.4.0] - 2026-12-01".
var released = regexp.MustCompile(`(?m)^## \[?v?(\d+\.\d+\.\d+[^\]\s]*)`)

// versions reports the npm packages that have another version than the newest release of the changelog. Before
// the first release, that is 0.0.0.
func (s *shelf) versions() ([]string, error) {
	want := "0.0.0"
	if newest := released.FindStringSubmatch(s.texts["CHANGELOG.md"]); newest != nil {
		want = newest[1]
	}
	var problems []string
	for _, name := range s.ending(".json") {
		if path.Base(name) != "package.json" {
			continue
		}
		var pkg struct{ Version string }
		if err := json.Unmarshal([]byte(s.texts[name]), &pkg); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if pkg.Version != "" && pkg.Version != want {
			problems = append(problems, fmt.Sprintf("%s has version %s, the newest of CHANGELOG.md is %s", name, pkg.Version, want))
		}
	}
	return problems, nil
}
