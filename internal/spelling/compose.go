package spelling

import "strings"

// Compose writes letters with their accents as one character each, as Unicode's form NFC has them and nearly every
// identity provider sends them: "e\u0308" becomes "\u00eb". It looks at neighbors only, so it is not all of NFC. A text
// that it changes is not in that form.
func Compose(s string) string {
	if isASCII(s) {
		return s
	}
	var out []rune
	for _, r := range s {
		if n := len(out); n > 0 {
			if c, ok := composite(out[n-1], r); ok {
				out[n-1] = c
				continue
			}
		}
		out = append(out, r)
	}
	return string(out)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// composite returns the one character for two.
func composite(first, second rune) (rune, bool) {
	if c, ok := syllable(first, second); ok {
		return c, true
	}
	pairs := []rune(composites[second])
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == first {
			return pairs[i+1], true
		}
	}
	return 0, false
}

// Hangul syllables are made of two or three letters, as chapter 3.12 of the Unicode standard says.
const (
	leading, leadings   = 0x1100, 19
	vowel, vowels       = 0x1161, 21
	trailing, trailings = 0x11a7, 28 // the first stands for none
	syllables           = 0xac00
)

func syllable(first, second rune) (rune, bool) {
	switch {
	case leading <= first && first < leading+leadings && vowel <= second && second < vowel+vowels:
		return syllables + ((first-leading)*vowels+second-vowel)*trailings, true
	case syllables <= first && first < syllables+leadings*vowels*trailings && (first-syllables)%trailings == 0 &&
		trailing < second && second < trailing+trailings:
		return first + second - trailing, true
	}
	return 0, false
}
