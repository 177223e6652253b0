package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A source is a block made into a file that compiles. It has line directives, so that the compiler names the lines
// of the document.
type source struct {
	block block
	text  string
}

var isProgram = regexp.MustCompile(`(?m)\A(//.*\n)*package `)

// source returns the file that a block is.
func (b block) source(known imports) (source, error) {
	if isProgram.MatchString(b.text) {
		return source{b, b.directive() + b.text}, nil
	}
	body, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _("+b.given+") {\n"+b.text+"}\n", 0)
	if err != nil {
		declarations, second := parser.ParseFile(token.NewFileSet(), "", "package p\n"+b.text, 0)
		if second != nil {
			return source{}, fmt.Errorf("neither statements nor declarations: %w", err)
		}
		return source{b, "package p\n" + known.used(declarations) + b.directive() + b.text}, nil
	}
	function := body.Decls[len(body.Decls)-1].(*ast.FuncDecl)
	if len(function.Body.List) == 0 {
		return source{}, errors.New("no code")
	}
	return source{b, "package p\n" + known.used(body) + "func _(" + b.given + ") {\n" + b.directive() + b.text + declared(function) + "}\n"}, nil
}

func (b block) directive() string { return fmt.Sprintf("//line %s:%d\n", b.document, b.line) }

// used returns the import declarations for the packages that a file names.
func (known imports) used(file *ast.File) string {
	found := map[string]bool{}
	for _, name := range file.Unresolved {
		if _, ok := known[name.Name]; ok {
			found[name.Name] = true
		}
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintf(&text, "import %s %q\n", name, known[name])
	}
	return text.String()
}

// declared returns statements that use the variables of a function, which a reader of the block will use.
func declared(function *ast.FuncDecl) string {
	var text strings.Builder
	for _, statement := range function.Body.List {
		assignment, ok := statement.(*ast.AssignStmt)
		if !ok || assignment.Tok != token.DEFINE {
			continue
		}
		for _, left := range assignment.Lhs {
			if name := left.(*ast.Ident).Name; name != "_" {
				fmt.Fprintf(&text, "_ = %s\n", name)
			}
		}
	}
	return text.String()
}
