package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// Words that comments do not use, with what to write instead.
var plain = []struct {
	pattern *regexp.Regexp
	write   string
}{
	{regexp.MustCompile(`(?i)\bnobody\b`), `"no user", "unauthenticated", or what does not happen`},
	{regexp.MustCompile(`(?i)\bsomebody\b`), `"a user"`},
	{regexp.MustCompile(`(?i)\bdoubts?\b`), `"error"`},
	{regexp.MustCompile(`(?i)\bat hand\b`), `"cached"`},
	{regexp.MustCompile(`(?i)\bon record\b`), `"stored"`},
	{regexp.MustCompile(`(?i)\blanded\b`), `"finished"`},
}

// words reports comments that use other words than the field's.
func (s *shelf) words() ([]string, error) {
	var problems []string
	for _, name := range s.ending(".go") {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "tools/papers/") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, s.texts[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, comment := range file.Comments {
			problems = append(problems, unplain(fset, comment)...)
		}
	}
	return problems, nil
}

func unplain(fset *token.FileSet, comment *ast.CommentGroup) []string {
	var problems []string
	for _, line := range comment.List {
		for _, word := range plain {
			if found := word.pattern.FindString(line.Text); found != "" {
				at := fset.Position(line.Pos())
				problems = append(problems, fmt.Sprintf("%s:%d: %q in a comment: write %s", at.Filename, at.Line, found, word.write))
			}
		}
	}
	return problems
}
