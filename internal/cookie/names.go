package cookie

import (
	"net/http"
	"slices"
	"strings"
)

const (
	mostNames   = 20
	longestName = 64
)

// Names returns the names of the cookies in h for a log: without values, each once, at most 20 of
// them and of each at most 64 printable ASCII characters. It also returns how many more there are.
func Names(h http.Header) (names []string, more int) {
	for _, line := range h["Cookie"] {
		for part := range strings.SplitSeq(line, ";") {
			name, _, ok := strings.Cut(part, "=")
			name = printable(name)
			switch {
			case !ok || name == "" || slices.Contains(names, name):
			case len(names) == mostNames:
				more++
			default:
				names = append(names, name)
			}
		}
	}
	return names, more
}

func printable(name string) string {
	name = strings.TrimSpace(name)
	name = name[:min(len(name), longestName)]
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c > '~' {
			return -1
		}
		return c
	}, name)
}
