package legible

import (
	"unicode"
	"unicode/utf8"
)

// visible are the format characters (category Cf) that are drawn, such as the Arabic number sign.
var visible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0600, Hi: 0x0605, Stride: 1},
		{Lo: 0x06dd, Hi: 0x06dd, Stride: 1},
		{Lo: 0x070f, Hi: 0x070f, Stride: 1},
		{Lo: 0x0890, Hi: 0x0891, Stride: 1},
		{Lo: 0x08e2, Hi: 0x08e2, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x110bd, Hi: 0x110cd, Stride: 0x10},
		{Lo: 0x13430, Hi: 0x1343f, Stride: 1},
	},
}

const brailleBlank = '\u2800'

// IsInvisible reports whether r takes no space of its own, or is blank without being a space. Some of these
// change how their neighbors look: see [InName].
func IsInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) && !unicode.Is(visible, r) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r) || r == brailleBlank
}

// InName returns the first fault of a name that is compared: two names that look the same should be the same.
// So it finds invisible characters besides the faults of a line, but not the joiners and selectors that make up
// emoji and are spelling in many scripts.
func InName(name string) (Fault, bool) {
	before := rune(-1)
	for i, r := range name {
		if IsControl(r) || IsInvisible(r) && !shapes(before, r, name[i+utf8.RuneLen(r):]) {
			return Fault{Char: r}, true
		}
		before = r
	}
	return Fault{}, false
}

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
	keycap    = '\u20e3' // after a digit and a selector
)

// shapes reports whether r may change how the characters around it look, so that it can be seen.
func shapes(before, r rune, rest string) bool {
	after, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == joiner, r == nonJoiner:
		return changes(before) && rest != "" && changes(after)
	case unicode.Is(unicode.Variation_Selector, r):
		return changes(before) && !unicode.Is(unicode.Variation_Selector, before) || after == keycap
	}
	return false
}

// unjoined are scripts in which neither joiners nor selectors change anything.
var unjoined = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Hebrew}

// changes reports whether a joiner or selector beside r may change how it looks.
func changes(r rune) bool {
	invisible := IsInvisible(r) && !unicode.Is(unicode.Variation_Selector, r)
	return r > unicode.MaxASCII && !invisible && !unicode.IsSpace(r) && !unicode.In(r, unjoined...)
}
