package main

import (
	"fmt"
	"slices"
)

const maxFiles = 20

// spacious lists the rooms that may have more files than maxFiles: each file of the client is a call or a
// part of one, and the emulator has a file for each.
var spacious = []string{"matterport", "matterport/matterporttest"}

// crowds reports the rooms with too many files.
func (h *house) crowds() []string {
	var problems []string
	for _, r := range h.rooms {
		if n := len(r.files()); n > maxFiles && !slices.Contains(spacious, r.dir) {
			problems = append(problems, fmt.Sprintf("%s: %d files, and at most %d are allowed: divide the package", r.name, n, maxFiles))
		}
	}
	return problems
}
