package main

import (
	"path"
	"strings"
)

// index is the list of all documents, for programs that read them (llmstxt.org).
const index = "llms.txt"

// index reports the documents that the index does not link to. A checkout without an index has none to report.
func (s *shelf) index() ([]string, error) {
	if !s.has(index) {
		return nil, nil
	}
	linked := map[string]bool{}
	for _, match := range link.FindAllStringSubmatch(s.texts[index], -1) {
		linked[match[1]] = true
	}
	var problems []string
	for _, name := range s.ending(".md") {
		dir := path.Dir(name)
		if (dir == "." || dir == "docs") && !strings.HasPrefix(name, ".") && !linked[name] {
			problems = append(problems, index+" does not list "+name)
		}
	}
	return problems, nil
}
