package main

import (
	"go/ast"
	"strings"
	"unicode"
)

// addWords adds the words of every identifier in the file, and every run of neighbouring words, all in
// lower case: OAuthConfig adds o, oauth, oauthconfig, auth, authconfig and config. A file name in lower
// case has no visible word boundary, and these words show where it is.
func addWords(words map[string]bool, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if identifier, ok := n.(*ast.Ident); ok {
			addRuns(words, splitWords(identifier.Name))
		}
		return true
	})
}

func addRuns(words map[string]bool, parts []string) {
	for from := range parts {
		for to := from + 1; to <= len(parts); to++ {
			words[strings.Join(parts[from:to], "")] = true
		}
	}
}

// splitWords cuts an identifier before each capital and at each underscore. It cuts OIDC into letters,
// which addRuns puts together again.
func splitWords(identifier string) []string {
	var spaced strings.Builder
	for _, r := range identifier {
		if unicode.IsUpper(r) || r == '_' {
			spaced.WriteByte(' ')
		}
		if r != '_' {
			spaced.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Fields(spaced.String())
}
