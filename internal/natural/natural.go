// Package natural sorts names as people expect: 3 before 13, ä beside a, and each script in its own order.
package natural

import (
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// maxName bounds what of a name counts, in bytes.
const maxName = 1024

// A collator is not safe for concurrent use.
type collator struct {
	*collate.Collator
	buffer collate.Buffer
}

var collators = sync.Pool{New: func() any {
	return &collator{Collator: collate.New(language.Und, collate.Numeric, collate.Loose)}
}}

// Key returns a text whose byte order is the natural order of names. Names that differ in letter case, accents or
// width only can have the same key: sort them by something else besides.
func Key(name string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buffer.Reset()
	return string(c.KeyFromString(&c.buffer, strings.ToValidUTF8(name[:min(len(name), maxName)], "�")))
}

// Compare compares two names. Names that have the same key are compared byte by byte.
func Compare(a, b string) int {
	if order := strings.Compare(Key(a), Key(b)); order != 0 {
		return order
	}
	return strings.Compare(a, b)
}
