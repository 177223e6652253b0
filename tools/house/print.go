package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// print writes the rooms from the ground floor up. A room is one floor above the highest room that it
// imports.
func (h *house) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, h.table()); err != nil {
		return err
	}
	return table.Flush()
}

// table returns a line for each room, with tabs between the columns.
func (h *house) table() string {
	floors := h.floors()
	rooms := slices.Clone(h.rooms)
	slices.SortFunc(rooms, func(a, b *room) int {
		return cmp.Or(floors[a.ImportPath]-floors[b.ImportPath], strings.Compare(a.dir, b.dir))
	})
	var table strings.Builder
	table.WriteString("floor\troom\tfiles\tlines\texported\timports\n")
	imports := 0
	for _, r := range rooms {
		imports += len(r.Imports)
		fmt.Fprintf(&table, "%d\t%s\t%d\t%d\t%s\t%s\n", floors[r.ImportPath], r.name, len(r.files()), r.lines,
			r.promises(), strings.Join(h.names(r.Imports), " "))
	}
	fmt.Fprintf(&table, "\n%d rooms, %d imports, %d exported names (at most %d)\n", len(rooms), imports, h.exported(), maxExported)
	return table.String()
}

// promises returns how many exported names of the room count.
func (r *room) promises() string {
	if !r.counted() {
		return "-"
	}
	return strconv.Itoa(r.exported)
}

// floors returns the floor of each room by its import path.
func (h *house) floors() map[string]int {
	floors := map[string]int{}
	for _, r := range h.rooms {
		h.climb(r.ImportPath, floors)
	}
	return floors
}

// climb computes the floors of a room and of all rooms below it. Rooms of a circle have no floor: the
// one that is asked first counts as if it were on the ground.
func (h *house) climb(path string, floors map[string]int) int {
	if floor, known := floors[path]; known {
		return floor
	}
	floors[path] = 0
	floor := 0
	for _, below := range h.named[path].Imports {
		floor = max(floor, h.climb(below, floors)+1)
	}
	floors[path] = floor
	return floor
}
