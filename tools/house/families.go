package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	familySize = 3 // so many files with one prefix are a room that was not built
	minPrefix  = 4 // letters, unless an underscore ends the prefix
	minRest    = 3 // letters: signin and signout share no room, nor do issue, issues and issuer
)

// families reports the file-name prefixes that three or more files of a room share.
func (h *house) families() []string {
	var problems []string
	for _, r := range h.rooms {
		for _, f := range families(r.files(), r.words) {
			problems = append(problems, fmt.Sprintf("%s: %d files share the prefix %q (%s): give them a package",
				r.name, len(f.members), f.prefix, strings.Join(f.members, ", ")))
		}
	}
	return problems
}

// A family is the files of a package that share a prefix.
type family struct {
	prefix  string
	members []string
}

// families returns the families among the files of a package that uses these words. A file is of a family
// if its name is the prefix, or the prefix and an underscore and more, or the prefix and more where both
// parts are words. So config and connections share nothing, as "con" and "fig" are no words of the package.
func families(files []string, words map[string]bool) []family {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(file, ".go")
	}
	var all []family
	for _, prefix := range prefixes(names, words) {
		if f := gather(prefix, names, words); len(f.members) >= familySize {
			all = append(all, f)
		}
	}
	return largest(all)
}

// prefixes returns what may be the prefix of a family.
func prefixes(names []string, words map[string]bool) []string {
	found := map[string]bool{}
	for _, name := range names {
		for end := 1; end <= len(name); end++ {
			prefix := name[:end]
			isWord := words[prefix] || slices.Contains(names, prefix)
			if strings.HasPrefix(name[end:], "_") || isWord && end >= minPrefix {
				found[prefix] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func gather(prefix string, names []string, words map[string]bool) family {
	f := family{prefix: prefix}
	for _, name := range names {
		if belongs(name, prefix, words) {
			f.members = append(f.members, name+".go")
		}
	}
	return f
}

func belongs(name, prefix string, words map[string]bool) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return false
	}
	if rest == "" || rest[0] == '_' {
		return true
	}
	return len(prefix) >= minPrefix && len(rest) >= minRest && words[rest]
}

// largest returns the families that are no part of another one. Of two with the same members it returns
// the one with the longer prefix.
func largest(all []family) []family {
	slices.SortFunc(all, func(a, b family) int {
		return cmp.Or(len(b.members)-len(a.members), len(b.prefix)-len(a.prefix), strings.Compare(a.prefix, b.prefix))
	})
	var kept []family
	for _, f := range all {
		if !slices.ContainsFunc(kept, f.within) {
			kept = append(kept, f)
		}
	}
	return kept
}

// within reports whether all members of f are members of g.
func (f family) within(g family) bool {
	return !slices.ContainsFunc(f.members, func(member string) bool { return !slices.Contains(g.members, member) })
}
