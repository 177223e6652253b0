package main

import (
	"go/parser"
	"go/token"
	"testing"
)

func TestExportedNamesAreCounted(t *testing.T) {
	for source, want := range map[string]int{
		"type T struct { Field int }":                        1,
		"type T interface { Method() }":                      1,
		"type t struct{}; func (t) M() {}":                   0,
		"type T struct{}; func (T) M() {}":                   2,
		"type T struct{}; func (*T) M() {}; func (T) m() {}": 2,
		"type T[K any] struct{}; func (T[K]) M() {}":         2,
		"type T[K, V any] struct{}; func (*T[K, V]) M() {}":  2,
		"type T struct{}; func ((T)) M() {}":                 2,
		"func F() {}; func f() {}":                           1,
		"const A, b = 1, 2":                                  1,
		"var ( A = 1; B, c = 2, 3 )":                         2,
		"import F \"fmt\"; var _ = F.Print":                  0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; "+source, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, declaration := range file.Decls {
			got += countExported(declaration)
		}
		if got != want {
			t.Errorf("%s: got %d, want %d", source, got, want)
		}
	}
}
