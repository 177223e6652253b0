package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
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

// cleaned are the folders in which the words are kept out of all comments, not only of exported ones.
var cleaned = []string{"access/", "catalog/", "connect/", "event/", "health/", "identity/", "internal/", "issuer/", "matterport/", "tools/"}

// words reports comments that use other words than the field's: exported ones, and all in cleaned folders.
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
		for _, comment := range checkedComments(name, file) {
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

// checkedComments returns the comments of a file that must be in plain words.
func checkedComments(name string, file *ast.File) []*ast.CommentGroup {
	for _, folder := range cleaned {
		if strings.HasPrefix(filepath.ToSlash(name), folder) {
			return file.Comments
		}
	}
	return exportedComments(file)
}

// exportedComments returns the comments of a file that its documentation shows: of the package, of exported
// declarations, and of the exported fields and methods in them.
func exportedComments(file *ast.File) []*ast.CommentGroup {
	var comments []*ast.CommentGroup
	add := func(groups ...*ast.CommentGroup) {
		for _, group := range groups {
			if group != nil {
				comments = append(comments, group)
			}
		}
	}
	add(file.Doc)
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() {
				add(d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if groups, ok := specComments(spec); ok {
					add(d.Doc)
					add(groups...)
				}
			}
		}
	}
	return comments
}

// specComments returns the comments of a type, variable or constant, and whether it is exported.
func specComments(spec ast.Spec) ([]*ast.CommentGroup, bool) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			return append([]*ast.CommentGroup{s.Doc, s.Comment}, memberComments(s.Type)...), true
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() {
				return []*ast.CommentGroup{s.Doc, s.Comment}, true
			}
		}
	}
	return nil, false
}

// memberComments returns the comments of the exported fields of a struct and methods of an interface.
func memberComments(t ast.Expr) []*ast.CommentGroup {
	var fields *ast.FieldList
	switch t := t.(type) {
	case *ast.StructType:
		fields = t.Fields
	case *ast.InterfaceType:
		fields = t.Methods
	default:
		return nil
	}
	var comments []*ast.CommentGroup
	for _, field := range fields.List {
		for _, name := range field.Names {
			if name.IsExported() {
				comments = append(comments, field.Doc, field.Comment)
				break
			}
		}
	}
	return comments
}
