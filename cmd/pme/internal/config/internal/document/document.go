// Package document reads the one document of a YAML file, and says in which line it cannot be read as its author sees it.
package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// MaxSize bounds the file, in bytes.
const MaxSize = 1 << 20

// A Problem is what is wrong with a document, and the line.
type Problem struct {
	form.Fault
	Line int
}

// Parse returns the root of the one document in data, or the problems for which there is none. The root of an empty document is a
// mapping without keys. There can be a root and a problem.
func Parse(data []byte) (root *yaml.Node, problems []Problem) {
	if line, f := unreadable(data); f != nil {
		return nil, []Problem{{*f, line}}
	}
	lines := &lineReader{rest: data}
	first, second, err := decode(lines)
	switch {
	case errors.Is(err, io.EOF) && first == nil:
		return empty(), nil
	case err != nil && !errors.Is(err, io.EOF):
		line, f := lines.explain(err)
		problems = []Problem{{*f, line}}
	case second != nil:
		f := form.Wrong("a second YAML document begins here", "write one document, without --- in it")
		problems = []Problem{{*f, second.Line}}
	}
	if first == nil || len(first.Content) == 0 {
		return nil, problems
	}
	root = first.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" && root.Value == "" {
		root = empty()
	}
	return root, problems
}

func empty() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Line: 1} }

// decode returns the first two documents, or nil for one that is not there. The parser has had panics: one is an error here.
func decode(lines *lineReader) (first, second *yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the parser gave up")
		}
	}()
	decoder := yaml.NewDecoder(lines)
	var nodes [2]yaml.Node
	if err := decoder.Decode(&nodes[0]); err != nil {
		return nil, nil, err //nolint:wrapcheck // explain reads it
	}
	if err := decoder.Decode(&nodes[1]); err != nil {
		return &nodes[0], nil, err //nolint:wrapcheck // explain reads it
	}
	return &nodes[0], &nodes[1], nil
}

// unreadable returns the first thing that keeps a text from being read as its author sees it, and its line.
func unreadable(data []byte) (line int, f *form.Fault) {
	switch {
	case len(data) > MaxSize:
		return 1, form.Wrong(fmt.Sprintf("the file has more than %d bytes, the most there may be", MaxSize), "write what belongs into a configuration alone")
	case bytes.HasPrefix(data, []byte("\ufeff")):
		return 1, form.Wrong("the file begins with a byte order mark", "save it as UTF-8 without one")
	}
	line = 1
	for start := true; len(data) > 0; {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			return line, form.Wrong("the text is not UTF-8", "save the file as UTF-8")
		case r == '\n':
			line++
		case r == '\r' && bytes.HasPrefix(data[size:], []byte("\n")):
		case start && r == '%':
			return line, form.Wrong("there is a directive (%)", "remove the line")
		case r == '\t':
			return line, form.Wrong("there is a tab", "write spaces")
		case form.IsHidden(r):
			return line, form.Wrong(fmt.Sprintf("the character %U is invisible, or breaks or reorders lines", r), "remove it")
		}
		data, start = data[size:], r == '\n'
	}
	return 0, nil
}

// lineReader gives the parser one line at a time and counts them: the parser's own errors often lack a line, or name that of the
// enclosing block.
type lineReader struct {
	rest, left []byte // what comes after the line, and what is left of it
	read       int
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		if len(r.rest) == 0 {
			return 0, io.EOF
		}
		end := bytes.IndexByte(r.rest, '\n') + 1
		if end == 0 {
			end = len(r.rest)
		}
		r.left, r.rest = r.rest[:end], r.rest[end:]
		r.read++
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// messages are parts of what the parser says, and what we say. Others are not passed on, as some quote
// the file.
var messages = []struct {
	part, text, remedy string
}{
	{"end of stream", "a quotation mark or a bracket is never closed", "close it"},
	{"unknown anchor", "there is an alias (*), or a text that begins with *", "write the value out, or put the text in quotes"},
	{"alphabetic or numeric", "a text begins with * or &", "put it in quotes"},
	{"mapping values are not allowed", "there is a colon where none can be", "put a text with a colon in quotes, and look at the spaces before the key"},
	{"could not find expected ':'", "a key has no colon", "write key: value"},
	{"did not find expected key", "the spaces before a key are not those before its neighbors, or a text needs quotes", "indent the keys of a section alike"},
	{"did not find expected '-'", "the items of a list do not begin alike", "indent them alike, each with - and a space"},
	{"did not find expected ',' or", "a list or a mapping in brackets has no comma, or is not closed", "write [one, two] or {name: value}"},
	{"cannot start any token", "a text begins with a character that YAML reserves, such as @, `, % or a tab", "put it in quotes"},
	{"escape character", "there is an unknown escape after a backslash", "put the text in single quotes"},
	{"exceeded max depth", "lists and mappings are too deep in each other", "write the sections as the documentation shows them"},
	{"control characters", "there is a control character", "remove it"},
}

// explain returns the line of a parser's error, and what it means. What is never closed is reported where it begins.
func (r *lineReader) explain(err error) (line int, f *form.Fault) {
	line = max(r.read, 1)
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, message, _ := strings.Cut(rest, ": ")
		if n, convErr := strconv.Atoi(number); convErr == nil && n > 0 && strings.HasSuffix(message, "end of stream") {
			line = n
		}
	}
	for _, m := range messages {
		if strings.Contains(text, m.part) {
			return line, form.Wrong("this is not YAML: "+m.text, m.remedy)
		}
	}
	return line, form.Wrong("this is not YAML", "look at the quotes, the brackets and the spaces of this line and of those before it")
}
