package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// troubleshooting is where operators look up a message of the log.
const troubleshooting = "docs/troubleshooting.md"

// logged reports the warnings and errors of the library that the troubleshooting document does not explain.
func (s *shelf) logged() ([]string, error) {
	var problems []string
	for _, name := range s.ending(".go") {
		if !isLibrary(name) {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, s.texts[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if message := warning(n); message != "" && !strings.Contains(s.texts[troubleshooting], "`"+message+"`") {
				problems = append(problems, fmt.Sprintf("%s:%d: %s does not explain `%s`", name, fset.Position(n.Pos()).Line, troubleshooting, message))
			}
			return true
		})
	}
	return problems, nil
}

// isLibrary reports whether a file is a part of what applications run.
func isLibrary(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	dir := path.Base(path.Dir(name))
	return top != "examples" && top != "tools" && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(dir, "test")
}

// warning returns the message of a call that logs a warning or an error, and nothing for other nodes.
func warning(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch method.Sel.Name {
	case "Warn", "Error":
		return text(call, 0)
	case "WarnContext", "ErrorContext":
		return text(call, 1)
	case "LogAttrs", "Log":
		if len(call.Args) > 1 && isSerious(call.Args[1]) {
			return text(call, 2)
		}
	}
	return ""
}

// isSerious reports whether a level may be that of a warning or an error.
func isSerious(level ast.Expr) bool {
	constant, ok := level.(*ast.SelectorExpr)
	return !ok || constant.Sel.Name == "LevelWarn" || constant.Sel.Name == "LevelError"
}

// text returns the nth argument of a call if it is a constant text, which may be a sum.
func text(call *ast.CallExpr, n int) string {
	if n >= len(call.Args) {
		return ""
	}
	return constant(call.Args[n])
}

func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		value, _ := strconv.Unquote(e.Value)
		return value
	case *ast.BinaryExpr:
		return constant(e.X) + constant(e.Y)
	}
	return ""
}
