package main

import (
	"go/ast"
	"strconv"
	"strings"
)

// A variable is one that a function of the code reads from the environment.
type variable struct {
	name, field, reader string
	required            bool
	several             bool // values, for the field's plural
}

// variablesOf returns the variables that the functions …FromEnv of a file read, in their order.
func variablesOf(file *ast.File) []variable {
	var found []variable
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv != nil || !strings.HasSuffix(function.Name.Name, "FromEnv") {
			continue
		}
		reader := variableReader{function: file.Name.Name + "." + function.Name.Name}
		ast.Inspect(function.Body, reader.visit)
		found = append(found, reader.found...)
	}
	return found
}

// A variableReader collects the variables of a function. It sees a field before the call that reads its variable.
type variableReader struct {
	function string
	field    string
	found    []variable
}

func (r *variableReader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok {
			r.field = key.Name
		}
	case *ast.RangeStmt: // of the words of one variable, for the field that it appends to
		r.field = appended(n.Body)
	case *ast.CallExpr:
		r.call(n)
	}
	return true
}

func (r *variableReader) call(c *ast.CallExpr) {
	method, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || len(c.Args) == 0 {
		return
	}
	literal, ok := c.Args[0].(*ast.BasicLit)
	if !ok {
		return
	}
	name, err := strconv.Unquote(literal.Value)
	if receiver, ok := method.X.(*ast.Ident); err != nil || !ok || receiver.Name != "e" {
		return
	}
	several := method.Sel.Name == "secret"
	r.found = append(r.found, variable{name, r.field, r.function, several || method.Sel.Name == "required", several})
}

// appended returns the field that a loop appends to.
func appended(body *ast.BlockStmt) string {
	for _, statement := range body.List {
		if assignment, ok := statement.(*ast.AssignStmt); ok {
			if field, ok := assignment.Lhs[0].(*ast.SelectorExpr); ok {
				return field.Sel.Name
			}
		}
	}
	return ""
}
