// Package natural sorts names as people expect: 3 before 13, ä beside a, and each script in its own order.
package natural

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

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

// Spaces and punctuation count: "Hall 3 - 9" is before "Hall 39".
var names = language.MustParse("und-u-ka-noignore")

var collators = sync.Pool{New: func() any {
	return &collator{Collator: collate.New(names, collate.Loose)}
}}

// Key returns a text whose byte order is the natural order of names. Names that differ in letter case, accents or
// width only can have the same key: sort them by something else besides.
func Key(name string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buffer.Reset()
	return string(c.KeyFromString(&c.buffer, measured(strings.ToValidUTF8(name[:min(len(name), maxName)], "\uFFFD"))))
}

// measured puts before each number how many digits it has, and leaves out zeros at its beginning. Numbers are then in
// order if their digits are compared one by one. The collator has an option for that, but sorts "0 a" after "9 a".
func measured(name string) string {
	if !strings.ContainsFunc(name, unicode.IsDigit) {
		return name
	}
	var b strings.Builder
	for name != "" {
		end := strings.IndexFunc(name, unicode.IsDigit)
		if end < 0 {
			break
		}
		b.WriteString(name[:end])
		name = name[end:]
		digits := name
		if end = strings.IndexFunc(name, isNoDigit); end >= 0 {
			digits = name[:end]
		}
		name = name[len(digits):]
		digits = strings.TrimLeftFunc(digits, isZero)
		b.WriteString(length(utf8.RuneCountInString(digits)))
		b.WriteString(digits)
	}
	return b.String() + name
}

func isNoDigit(r rune) bool { return !unicode.IsDigit(r) }

// isZero reports whether a digit is zero, which is the first one of its script.
func isZero(r rune) bool { return !unicode.IsDigit(r - 1) }

// length writes a number so that longer ones come after shorter ones: 8 is "8", 9 is "90", 18 is "990".
func length(n int) string { return strings.Repeat("9", n/9) + strconv.Itoa(n%9) }

// Compare compares two names. Names that have the same key are compared byte by byte.
func Compare(a, b string) int {
	if order := strings.Compare(Key(a), Key(b)); order != 0 {
		return order
	}
	return strings.Compare(a, b)
}
