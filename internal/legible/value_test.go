package legible_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/legible"
)

func TestValuesAsFilesBringThem(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "id": "", "a client with spaces": "", "s\u00e9cret": "", "https://login.example.com/a?b=c": "", "\U0001f600": "", "خانه\u200cها": "",

		"secret\n":             "has a line break (U+000A) at its end; was it read with its line's end?",
		"secret\r\n":           "has a line break (U+000D) at its end; was it read with its line's end?",
		"secret\r":             "has a line break (U+000D) at its end",
		"secret\n\n":           "has a line break (U+000A) at its end",
		"\nsecret":             "has a line break (U+000A) at its beginning",
		"sec\nret":             "has a line break (U+000A) in it",
		"secret\u2028":         "has a line break (U+2028) at its end",
		"secret ":              "has a space (U+0020) at its end",
		" secret":              "has a space (U+0020) at its beginning",
		"secret\t":             "has a space (U+0009) at its end",
		"sec\tret":             "has a space (U+0009) in it",
		"sec\u00a0ret":         "has a space (U+00A0) in it",
		"secret \n":            "has a space (U+0020) at its end",
		"\ufeffsecret":         "has a byte order mark (U+FEFF) at its beginning; was it read from a file that begins with one?",
		"\ufeffsecret\r\n":     "has a byte order mark (U+FEFF) at its beginning",
		"secret\ufeff":         "has a byte order mark (U+FEFF) at its end",
		"sec\u200bret":         "has an invisible character (U+200B) in it",
		"secret\u00ad":         "has an invisible character (U+00AD) at its end",
		"secret\u200e":         "has an invisible character (U+200E) at its end",
		"sec\x1bret":           "has a control character (U+001B) in it",
		"\xff\xfes\x00e\x00":   "is not UTF-8; was it read from a file that is UTF-16?",
		"s\x00e\x00c\x00r\x00": "has a NUL character (U+0000) in it; was it read from a file that is UTF-16?",
		" ":                    "has a space (U+0020) at its beginning",
	} {
		got := legible.InValue(value)
		if (want == "") != (got == "") || !strings.HasPrefix(got, want) {
			t.Errorf("InValue(%+q) = %q, want %q", value, got, want)
		}
		if len(value) > 3 && strings.Contains(got, "ecre") {
			t.Errorf("InValue(%+q) quotes it: %s", value, got)
		}
	}
}

func TestKeysAsFilesBringThem(t *testing.T) {
	random := strings.Repeat("\x0a\xff\x00\x80\n\r\ufeff", 4)
	for key, wrong := range map[string]bool{
		"0123456789abcdef0123456789abcdef": false, random: false, "\ufeff" + random: false, random + "\n": false, "": false, "\n": false,

		"0123456789abcdef0123456789abcdef\n": true, "0123456789abcdef0123456789abcdef\r\n": true, "0123456789abcde\n": true,
		"\ufeff0123456789abcdef": true, "0123456789abcdef ": true, "\ufeff0123456789abcdef\r\n": true,
		"\xff\xfe0\x001\x002\x003\x004\x005\x006\x007\x00\r\x00\n\x00": true,
	} {
		if got := legible.InKey([]byte(key)); (got != "") != wrong || strings.Contains(got, "0123") {
			t.Errorf("InKey(%+q) = %q", key, got)
		}
	}
}

func TestFileTextIsWhatTheFileHolds(t *testing.T) {
	for content, want := range map[string]string{
		"secret": "secret", "secret\n": "secret", "secret\r\n": "secret", "\ufeffsecret\r\n": "secret", "\ufeff": "", "": "", "\n": "",
		"secret\n\n": "secret\n", " secret": " secret", "secret\ufeff": "secret\ufeff", "\ufeff\ufeffsecret": "\ufeffsecret",
	} {
		if got := legible.FileText([]byte(content)); got != want {
			t.Errorf("FileText(%+q) = %+q, want %+q", content, got, want)
		}
	}
}
