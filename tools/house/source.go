package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
)

// read counts the lines and the exported names of the room and collects its words.
func (r *room) read() error {
	for _, file := range r.files() {
		source, err := os.ReadFile(filepath.Join(r.Dir, file))
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(r.Dir, file), source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		r.lines += bytes.Count(source, []byte("\n"))
		for _, declaration := range parsed.Decls {
			r.exported += countExported(declaration)
		}
		addWords(r.words, parsed)
	}
	return nil
}

// countExported counts the exported types, functions, variables and constants that d declares, and the
// exported methods of exported types. It does not count fields and the methods of interfaces.
func countExported(d ast.Decl) int {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || receiver(d.Recv.List[0].Type).IsExported()) {
			return 1
		}
	case *ast.GenDecl:
		n := 0
		for _, spec := range d.Specs {
			n += countExportedSpec(spec)
		}
		return n
	}
	return 0
}

func countExportedSpec(spec ast.Spec) int {
	var names []*ast.Ident
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names = []*ast.Ident{spec.Name}
	case *ast.ValueSpec:
		names = spec.Names
	}
	n := 0
	for _, name := range names {
		if name.IsExported() {
			n++
		}
	}
	return n
}

// receiver returns the name of the type of a method: List of List, *List, List[T] and *List[K, V].
func receiver(t ast.Expr) *ast.Ident {
	switch t := t.(type) {
	case *ast.Ident:
		return t
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.ParenExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	}
	return ast.NewIdent("_")
}
