package main

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// links reports the links between documents that lead to no file or to no heading.
func (s *shelf) links() ([]string, error) {
	var problems []string
	for _, name := range append(s.ending(".md"), index) {
		for _, match := range link.FindAllStringSubmatch(fence.ReplaceAllString(s.texts[name], ""), -1) {
			if !strings.Contains(match[1], "://") && !strings.HasPrefix(match[1], "mailto:") && !s.leads(name, match[1]) {
				problems = append(problems, fmt.Sprintf("%s: the link to %s leads nowhere", name, match[1]))
			}
		}
	}
	return problems, nil
}

// leads reports whether a link in the document from leads somewhere.
func (s *shelf) leads(from, target string) bool {
	file, anchor, _ := strings.Cut(target, "#")
	to := from
	if file != "" {
		to = path.Join(path.Dir(from), file)
	}
	return s.has(to) && (anchor == "" || s.anchors(to)[anchor])
}

// anchors returns the anchors that GitHub gives to the headings of a document.
func (s *shelf) anchors(name string) map[string]bool {
	anchors := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(s.texts[name], ""), -1) {
		anchors[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-")] = true
	}
	return anchors
}
