package main

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	// A citation names a document of the checkout: "docs/matterport.md §5", and more sections after commas.
	citation = regexp.MustCompile(`\b(docs/[a-z-]+\.md|[A-Z]{4,}\.md)\b((?:,? §\d+)*)`)
	section  = regexp.MustCompile(`§(\d+)`)
	numbered = regexp.MustCompile(`(?m)^## (\d+)\. `)
)

// citations reports the citations in code and documents that lead nowhere. The tests of this package cite what
// does not exist.
func (s *shelf) citations() ([]string, error) {
	var problems []string
	for _, name := range s.names {
		if strings.HasPrefix(name, "tools/papers/") || path.Ext(name) == ".json" {
			continue
		}
		for i, line := range s.lines(name) {
			for _, match := range citation.FindAllStringSubmatch(line, -1) {
				problems = append(problems, s.missing(fmt.Sprintf("%s:%d", name, i+1), match[1], match[2])...)
			}
		}
	}
	return problems, nil
}

// missing reports what of a cited document does not exist.
func (s *shelf) missing(at, document, sections string) []string {
	text, ok := s.texts[document]
	if !ok {
		return []string{fmt.Sprintf("%s cites %s, which does not exist", at, document)}
	}
	headings := map[string]bool{}
	for _, match := range numbered.FindAllStringSubmatch(text, -1) {
		headings[match[1]] = true
	}
	var problems []string
	for _, match := range section.FindAllStringSubmatch(sections, -1) {
		if !headings[match[1]] {
			problems = append(problems, fmt.Sprintf("%s cites %s §%s, which does not exist", at, document, match[1]))
		}
	}
	return problems
}
