package main

import (
	"fmt"
	"slices"
)

// borders reports the imports of internal packages from another module. Go allows them where the paths
// match, but each module has its own version: an application may combine a module with another version
// of the root module, whose internal packages have changed.
func (h *house) borders() []string {
	var problems []string
	for _, r := range h.rooms {
		for _, path := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.Imports, r.tests)))) {
			if other := h.named[path]; other.internal() && other.module != r.module {
				problems = append(problems, fmt.Sprintf("%s: imports %s, which is internal to another module (%s)",
					r.name, other.name, other.module.Path))
			}
		}
	}
	return problems
}
