package legible

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// InValue says what is wrong with a configured value, such as a client ID, a secret or an address, or returns "".
// No such value has a line break, a byte order mark or another invisible character in it, a space at one of its
// ends, or any other space than U+0020. Files and variables bring them along: an editor ends each file with a line
// break, and PowerShell begins one with a byte order mark or writes it in UTF-16.
//
// The answer goes on after the name of a field: "has a line break (U+000A) at its end". It never quotes the value,
// which may be a secret.
func InValue(value string) string {
	if len(value) > 0 && !utf8.ValidString(value) {
		return "is not UTF-8; was it read from a file that is UTF-16?"
	}
	if strings.ContainsRune(value, 0) {
		return "has a NUL character (U+0000) in it; was it read from a file that is UTF-16?"
	}
	before := rune(-1)
	for i, r := range value {
		where := place(value, i, r)
		what, remedy := wrongInValue(r)
		plain := r == ' ' && where == inside || shapes(before, r, value[i+utf8.RuneLen(r):])
		if what != "" && !plain {
			return fmt.Sprintf("has %s (%U) %s%s", what, r, where, remedy)
		}
		before = r
	}
	return ""
}

// wrongInValue says what a character is that does not belong into a value, or at its ends, and where it may be from.
func wrongInValue(r rune) (what, remedy string) {
	switch {
	case r == '\n', r == '\r', r == nextLine, r == lineSeparator, r == paragraphSeparator:
		return "a line break", "; was it read with its line's end?"
	case r == byteOrderMark:
		return "a byte order mark", "; was it read from a file that begins with one?"
	case unicode.IsSpace(r):
		return "a space", ": remove it"
	case unicode.IsControl(r):
		return "a control character", ": remove it"
	case unicode.Is(deceptive, r), IsInvisible(r):
		return "an invisible character", ": remove it"
	}
	return "", ""
}

const (
	atBeginning = "at its beginning"
	atEnd       = "at its end"
	inside      = "in it"
)

// place says where in a value the character r is, at i: at an end if nothing but space is between it and that end.
func place(value string, i int, r rune) string {
	switch {
	case i == 0:
		return atBeginning
	case strings.TrimFunc(value[i+utf8.RuneLen(r):], blank) == "":
		return atEnd
	case strings.TrimFunc(value[:i], blank) == "":
		return atBeginning
	}
	return inside
}

func blank(r rune) bool { return unicode.IsSpace(r) || r == byteOrderMark }

// InKey says what is wrong with a key, or returns "". A key is any bytes, so only one that is text shows that it was
// read from a file, with the line's end or the byte order mark. It never quotes the key.
func InKey(key []byte) string {
	if utf16 := bytes.TrimPrefix(key, []byte("\xff\xfe")); len(utf16) < len(key) && printable(bytes.ReplaceAll(utf16, []byte{0}, nil)) {
		return "is text in UTF-16; was it read from a file that PowerShell wrote?"
	}
	if text := bytes.TrimFunc(key, blank); len(text) < len(key) && printable(text) {
		return InValue(string(key))
	}
	return ""
}

func printable(text []byte) bool {
	const least = 8 // bytes: fewer can be chance
	trimmed := bytes.TrimSpace(text)
	return len(trimmed) >= least && !bytes.ContainsFunc(trimmed, func(r rune) bool { return r < ' ' || r > '~' })
}

// FileText returns the text of a file that holds one value: without the byte order mark at its beginning and the one
// line break at its end.
func FileText(content []byte) string {
	content = bytes.TrimPrefix(content, []byte(string(byteOrderMark)))
	return string(bytes.TrimSuffix(bytes.TrimSuffix(content, []byte("\n")), []byte("\r")))
}
