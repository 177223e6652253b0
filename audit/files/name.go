package files

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"
)

const stamp = "20060102T150405Z"

var named = regexp.MustCompile(`^(\d{8}T\d{6}Z)-([A-Z2-7]{10,64})-(\d{1,18})\.jsonl$`)

func fileName(begun time.Time, chain string, first int64) string {
	return fmt.Sprintf("%s-%s-%010d.jsonl", begun.UTC().Format(stamp), chain, first)
}

// A part is a file of a chain.
type part struct {
	name  string
	begun time.Time
	chain string
	first int64
	last  bool // of its chain
}

// parse returns what the name of a file says.
func parse(name string) (p part, ok bool) {
	match := named.FindStringSubmatch(name)
	if match == nil {
		return part{}, false
	}
	begun, err := time.Parse(stamp, match[1])
	if err != nil {
		return part{}, false
	}
	first, err := strconv.ParseInt(match[3], 10, 64)
	return part{name: name, begun: begun, chain: match[2], first: first}, err == nil
}

// parts returns the files of a directory, those of one chain in their order. Other files are left out.
func parts(dir string) ([]part, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("files: the directory cannot be read: %w", err)
	}
	var all []part
	for _, e := range entries {
		if p, ok := parse(e.Name()); ok && e.Type().IsRegular() {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.chain, b.chain), cmp.Compare(a.first, b.first))
	})
	for i := range all {
		all[i].last = i+1 == len(all) || all[i+1].chain != all[i].chain
	}
	return all, nil
}

// chainsOf returns the files of each chain.
func chainsOf(all []part) (chains [][]part) {
	from := 0
	for i := range all {
		if all[i].last {
			chains = append(chains, all[from:i+1])
			from = i + 1
		}
	}
	return chains
}
