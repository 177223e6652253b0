package access

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"

	"github.com/go-pme/pme/access/internal/written"
)

// load reads and checks the file. It returns the content even if that is broken.
func load(path string) ([]byte, []written.Rule, error) {
	content, err := read(path)
	if err != nil {
		return nil, nil, err
	}
	rules, err := written.Parse(path, content)
	return content, rules, err
}

// origin says where rules come from. It is part of the table, so that an explanation's lines and hash are
// those of the rules that it explains. The zero origin is that of rules in code.
type origin struct {
	file  string // base name
	hash  string
	lines []int // of the rules
}

func newOrigin(path string, content []byte, rules []written.Rule) origin {
	o := origin{file: filepath.Base(path), hash: fmt.Sprintf("%.6x", sha256.Sum256(content))}
	for _, r := range rules {
		o.lines = append(o.lines, r.At)
	}
	return o
}

// line returns the line of a rule, or 0 for a rule in code.
func (o origin) line(rule int) int {
	if o.file == "" {
		return 0
	}
	return o.lines[rule]
}
