package sqlsink

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-pme/pme/audit"
)

// columns are a record as it is stored.
type columns struct {
	chain      string
	number, at int64
	kind, user string
	line       string
	models     []string // of the other table, in order and each once
}

// columnsOf returns the columns that belong to a line. They are of the line, not of the record in memory, whose texts a line
// cannot have in every case.
func columnsOf(line string) (columns, *audit.Record, error) {
	r, err := audit.ParseLine(line)
	if err != nil {
		return columns{}, nil, err
	}
	c := columns{
		chain: r.Chain, number: r.Number, at: micros(r.Time), kind: indexed(string(r.Kind)), user: indexed(r.User), line: line,
	}
	for _, list := range [][]string{r.Models, r.Names} {
		for _, text := range list {
			c.models = append(c.models, indexed(text))
		}
	}
	slices.Sort(c.models)
	c.models = slices.Compact(c.models)
	return c, &r, nil
}

const (
	longestIndexed = 256 // bytes: an index has no room for texts of any length
	longestChain   = 100
)

// indexed returns what is stored of a text for finding it. Several texts can have the same: whether a record is meant is seen
// in its line.
func indexed(text string) string {
	if len(text) > longestIndexed {
		text = text[:longestIndexed]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

var (
	earliest = time.UnixMicro(-1 << 62)
	last     = time.UnixMicro(1 << 62)
)

// micros returns a time as a column. A time that is 140,000 years away is as far as it goes.
func micros(t time.Time) int64 {
	switch {
	case t.Before(earliest):
		t = earliest
	case t.After(last):
		t = last
	}
	return t.UnixMicro()
}

// check returns an error if records are none that Append can store.
func check(records []columns) error {
	for i, c := range records {
		switch {
		case c.chain == "" || len(c.chain) > longestChain || strings.ContainsRune(c.chain, 0):
			return fmt.Errorf("sqlsink: append: %q cannot be the ID of a chain", c.chain[:min(len(c.chain), longestChain)])
		case c.chain != records[0].chain:
			return errors.New("sqlsink: append: the records are of several chains")
		case c.number < 1 || c.number != records[0].number+int64(i):
			return fmt.Errorf("sqlsink: append: chain %s: record %d does not follow", c.chain, c.number)
		case !utf8.ValidString(c.line) || strings.ContainsRune(c.line, 0):
			return fmt.Errorf("sqlsink: append: chain %s: record %d is not UTF-8", c.chain, c.number)
		}
	}
	return nil
}
