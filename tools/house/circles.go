package main

import (
	"maps"
	"slices"
	"strings"
)

// circles reports the packages that import each other in a circle. Go reports one circle at a time and
// none between modules, which could then never be released one after the other.
func (h *house) circles() []string {
	var problems []string
	rooms, modules := map[string][]string{}, map[string][]string{}
	for _, r := range h.rooms {
		rooms[r.name] = h.names(r.Imports)
		for _, path := range slices.Concat(r.Imports, r.tests) {
			if other := h.named[path].module; other != r.module {
				modules[r.module.Path] = append(modules[r.module.Path], other.Path)
			}
		}
	}
	for _, circle := range circles(rooms) {
		problems = append(problems, "circle of packages: "+strings.Join(circle, " → "))
	}
	for _, circle := range circles(modules) {
		problems = append(problems, "circle of modules: "+strings.Join(circle, " → "))
	}
	return problems
}

// circles returns the shortest circle through each node that is the first of its circle by name. Each
// circle starts and ends with that node.
func circles(graph map[string][]string) [][]string {
	var found [][]string
	for _, start := range slices.Sorted(maps.Keys(graph)) {
		if circle := circleFrom(start, graph); circle != nil {
			found = append(found, circle)
		}
	}
	return found
}

// circleFrom returns the shortest way from start back to start over nodes that come after start by name.
func circleFrom(start string, graph map[string][]string) []string {
	ways := [][]string{{start}}
	seen := map[string]bool{}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range graph[way[len(way)-1]] {
			longer := append(slices.Clone(way), next)
			if next == start {
				return longer
			}
			if next > start && !seen[next] {
				seen[next] = true
				ways = append(ways, longer)
			}
		}
	}
	return nil
}
