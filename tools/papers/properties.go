package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// theming is where hosts look up a custom property.
const theming = "docs/theming.md"

var (
	// property is where a style reads one: its name, and what it is by default.
	property = regexp.MustCompile(`var\((--pme-[\w-]+)(?:, ((?:[^()]|\([^()]*\))*))?\)`)
	named    = regexp.MustCompile(`--pme-\w[\w-]*`)
	colour   = regexp.MustCompile(`#[0-9a-f]{3,8}\b`)
)

// properties reports the custom properties that the styles read and the document does not have in a table, or has with
// another colour, and those of the document that no style reads.
func (s *shelf) properties() ([]string, error) {
	var problems []string
	read := map[string]bool{}
	for _, name := range []string{"pages/assets/pme.css", "pages/browser/sheet.js"} {
		for _, match := range property.FindAllStringSubmatch(s.texts[name], -1) {
			if problem := s.tabled(match[1], match[2]); problem != "" && !read[match[1]] {
				problems = append(problems, problem)
			}
			read[match[1]] = true
		}
	}
	names := named.FindAllString(s.texts[theming], -1)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !read[name] {
			problems = append(problems, fmt.Sprintf("%s names %s, which no style reads", theming, name))
		}
	}
	return problems, nil
}

// tabled returns what the document's table lacks about a property.
func (s *shelf) tabled(name, standard string) string {
	for _, line := range s.lines(theming) {
		if !strings.HasPrefix(line, "| `"+name+"` |") {
			continue
		}
		for _, c := range colour.FindAllString(standard, -1) {
			if !strings.Contains(line, "`"+c+"`") {
				return fmt.Sprintf("%s does not say that %s is %s by default", theming, name, c)
			}
		}
		return ""
	}
	return fmt.Sprintf("%s has no row for %s", theming, name)
}
