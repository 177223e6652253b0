package serve

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// A Problem is something that a gateway cannot be built with. It has no value of a secret in it.
type Problem struct {
	// Path is the setting, such as login.oidc.issuer.
	Path string

	// Text says what is wrong, and Remedy what to do.
	Text   string
	Remedy string

	// Passing is set if the configuration can be right all the same: trying again can help, as another process is in the way.
	Passing bool
}

// Error returns the path, what is wrong and what to do.
func (p Problem) Error() string { return p.Path + ": " + p.Text + ": " + p.Remedy }

// Problems are everything that a gateway cannot be built with.
type Problems []Problem

// Error returns the problems, one in a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Passing reports whether trying again can help against all of them.
func (ps Problems) Passing() bool {
	return !slices.ContainsFunc(ps, func(p Problem) bool { return !p.Passing })
}

// add notes a problem, once. The text is what is wrong, a colon, and what to do.
func (ps *Problems) add(path, text string) { ps.note(newProblem(path, text, nil)) }

func (ps *Problems) note(p Problem) {
	if !slices.Contains(*ps, p) {
		*ps = append(*ps, p)
	}
}

// under reports whether there is a problem with a setting, or with one of its section.
func (ps Problems) under(path string) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Path == path || strings.HasPrefix(p.Path, path+".") })
}

// A glossary says which settings the fields of a library's Config are set by, by the name of the field. Other texts in it are
// replaced where a remedy of the library is one in Go.
type glossary struct {
	part   string // the path for what names no field
	fields map[string]string
	texts  []string // pairs of old and new
}

// explain notes what a library reports, in the words of the configuration.
func (ps *Problems) explain(err error, g glossary) {
	for _, leaf := range leaves(err) {
		text := strings.NewReplacer(g.texts...).Replace(withoutPackage(oneLine(leaf.Error())))
		path, text := g.translate(text)
		ps.note(newProblem(path, text, leaf))
	}
}

// Explain says in the words of the configuration why the library's client of Matterport cannot be made.
func Explain(err error) Problems {
	var ps Problems
	ps.explain(err, handlerWords)
	return ps
}

// leaves returns the errors that err joins.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok && isJoin(err) {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, leaves(one)...)
		}
		return all
	}
	return []error{err}
}

// oneLine returns what an error says in several lines, such as how each address of a server was tried, in one.
func oneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// isJoin tells errors.Join from an error of fmt with several causes, whose own words count.
func isJoin(err error) bool {
	joined, _ := err.(interface{ Unwrap() []error })
	return err.Error() == errors.Join(joined.Unwrap()...).Error()
}

var packageName = regexp.MustCompile(`^[a-z]+: `)

func withoutPackage(text string) string { return packageName.ReplaceAllString(text, "") }

// field matches a quoted text, which is left as it is, or the name of a field, with that of its type.
var field = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b(?:[A-Z][A-Za-z]*\.)?([A-Z][A-Za-z0-9]*)\b`)

// translate returns the setting that a text is about, and the text with the names of settings. A name of capitals alone, such as
// URL, is that of a field only at the beginning.
func (g glossary) translate(text string) (path, translated string) {
	path = g.part
	found := false
	translated = replaceSubmatches(text, func(at int, whole, name string) string {
		setting, known := g.fields[name]
		if !known || at > 0 && strings.ToUpper(name) == name {
			return whole
		}
		if !found {
			path, found = setting, true
		}
		return setting
	})
	return path, translated
}

func replaceSubmatches(text string, replace func(at int, whole, name string) string) string {
	var out strings.Builder
	end := 0
	for _, m := range field.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(text[end:m[0]])
		end = m[1]
		if m[2] < 0 {
			out.WriteString(text[m[0]:m[1]])
			continue
		}
		out.WriteString(replace(m[0], text[m[0]:m[1]], text[m[2]:m[3]]))
	}
	return out.String() + text[end:]
}
