// Package legible finds characters by which a text is something else than what its readers see: line breaks
// that only some programs know, characters that change the order in which text is shown, and invisible ones.
package legible

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// The characters that need words of their own.
const (
	nextLine           = '\u0085'
	lineSeparator      = '\u2028'
	paragraphSeparator = '\u2029'
	byteOrderMark      = '\uFEFF'
)

// deceptive are the characters that reorder text or take it out of the line: the directional ones, the deprecated
// ones that change how Arabic and digits are shown, and interlinear annotations.
var deceptive = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x061c, Hi: 0x061c, Stride: 1},
	{Lo: 0x200e, Hi: 0x200f, Stride: 1},
	{Lo: 0x202a, Hi: 0x202e, Stride: 1},
	{Lo: 0x2066, Hi: 0x206f, Stride: 1},
	{Lo: 0xfff9, Hi: 0xfffb, Stride: 1},
}}

// IsControl reports whether r breaks lines, controls something else than letters, or reorders text, or is the
// byte order mark of a file. No such character belongs into a text of one line. Letters of any script and joined emoji need none.
func IsControl(r rune) bool {
	switch r {
	case lineSeparator, paragraphSeparator, byteOrderMark:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(deceptive, r)
}

// A Fault is a character that does not belong where it stands.
type Fault struct {
	Line int  // counted as editors do: lines end with LF or CR LF
	Char rune // utf8.RuneError where the text is not UTF-8
}

// String says which character it is, by its code point, what is wrong with it, and what to do.
func (f Fault) String() string {
	switch {
	case f.Char == utf8.RuneError:
		return "the text is not UTF-8: save it as UTF-8"
	case f.Char == '\n':
		return "U+000A is a line break: write the text on one line"
	case f.Char == '\r', f.Char == nextLine, f.Char == lineSeparator, f.Char == paragraphSeparator:
		return fmt.Sprintf("%U is a line break to some programs and none to others: remove it, and end lines with LF or CR LF", f.Char)
	case f.Char == byteOrderMark:
		return "U+FEFF, a byte order mark, may stand at the beginning of a file only: remove it"
	case unicode.IsControl(f.Char):
		return fmt.Sprintf("%U is a control character: remove it", f.Char)
	case unicode.Is(deceptive, f.Char):
		return fmt.Sprintf("%U changes the order in which text is shown: remove it", f.Char)
	}
	return fmt.Sprintf("%U is invisible: remove it", f.Char)
}

// InText returns the faults of a text of several lines, the first of each line, at most most. Tabs belong there,
// and so do a byte order mark at the beginning and invisible characters that neither break lines nor reorder text.
func InText(text []byte, most int) (faults []Fault) {
	line, last := 1, 0 // last is the line of the last fault
	for i := 0; i < len(text) && len(faults) < most; {
		r, size := utf8.DecodeRune(text[i:])
		if line > last && misplaced(r, size, i, text) {
			faults, last = append(faults, Fault{Line: line, Char: r}), line
		}
		if r == '\n' {
			line++
		}
		i += size
	}
	return faults
}

func misplaced(r rune, size, at int, text []byte) bool {
	switch r {
	case '\t', '\n':
		return false
	case '\r':
		return at+1 == len(text) || text[at+1] != '\n'
	case byteOrderMark:
		return at > 0
	case utf8.RuneError:
		return size == 1
	}
	return IsControl(r)
}

// InLine returns the first fault of a text that is shown on one line.
func InLine(text string) (Fault, bool) {
	for _, r := range text {
		if IsControl(r) {
			return Fault{Char: r}, true
		}
	}
	return Fault{}, false
}
