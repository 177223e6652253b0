package pages

import (
	"embed"
	"html/template"
	"text/template/parse"
)

//go:embed templates/*.html
var files embed.FS

// builtIn is only ever cloned: a template that has been executed takes no others beside it.
var builtIn = template.Must(template.ParseFS(files, "templates/*.html"))

// plainTemplates are the built-in ones alone, to be executed.
var plainTemplates = merged(builtIn)

// merged is a copy of base with the templates of all layers; a later layer replaces templates of the
// same name.
func merged(base *template.Template, layers ...*template.Template) *template.Template {
	all := template.Must(base.Clone()) // base has not been executed
	for _, layer := range layers {
		if layer == nil {
			continue
		}
		for _, t := range layer.Templates() {
			if t.Tree != nil && t.Name() != "" {
				template.Must(all.AddParseTree(t.Name(), replacing(t.Tree.Copy()))) // all has not been executed
			}
		}
	}
	return all
}

// nothing is a template that shows nothing and is not empty.
var nothing = template.Must(template.New("").Parse(`{{""}}`)).Tree

// replacing returns a tree that takes the place of another one also if it is empty, which AddParseTree would ignore.
func replacing(tree *parse.Tree) *parse.Tree {
	if parse.IsEmptyTree(tree.Root) {
		tree.Root = nothing.Copy().Root
	}
	return tree
}
