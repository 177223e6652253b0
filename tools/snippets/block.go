package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A block is fenced code in a document.
type block struct {
	document string
	line     int // of its first line of code, from 1
	language string
	given    string // what the comment in front of it declares
	text     string
	ended    bool
}

func (b block) at() string { return fmt.Sprintf("%s:%d", b.document, b.line) }

var given = regexp.MustCompile(`^<!-- given: (.*) -->$`)

// split returns the blocks of a document. One that does not end goes to the end of the document.
func split(document, text string) []block {
	var blocks []block
	var open *block
	declared := ""
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		match := given.FindStringSubmatch(trimmed)
		switch {
		case open != nil && trimmed == "```":
			open.ended = true
			blocks, open = append(blocks, *open), nil
		case open != nil:
			open.text += line + "\n"
		case strings.HasPrefix(trimmed, "```"):
			open = &block{document: document, line: i + 2, language: strings.TrimPrefix(trimmed, "```"), given: declared}
			declared = ""
		case match != nil:
			declared = match[1]
		}
	}
	if open != nil {
		blocks = append(blocks, *open)
	}
	return blocks
}
