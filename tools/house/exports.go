package main

import "fmt"

// maxExported is how many names the project may promise to applications: 300 of the rooms, and those of
// events, health, explanations and operation. Raise it in the commit that adds what is worth a promise.
const maxExported = 712

// counted reports whether the exported names of the room count. Those of the emulator do not: it is for
// tests.
func (r *room) counted() bool { return r.public() && r.dir != "matterport/matterporttest" }

func (h *house) exported() int {
	n := 0
	for _, r := range h.rooms {
		if r.counted() {
			n += r.exported
		}
	}
	return n
}

// exports reports whether the project exports too many names.
func (h *house) exports() []string {
	if n := h.exported(); n > maxExported {
		return []string{fmt.Sprintf("all packages: %d exported names, and at most %d are allowed", n, maxExported)}
	}
	return nil
}
