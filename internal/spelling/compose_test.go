package spelling_test

import (
	"testing"

	"github.com/go-pme/pme/internal/spelling"
)

func TestDecomposedLettersAreComposed(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "facilities": "facilities", "Zo\u00eb": "Zo\u00eb", "\u304b": "\u304b", "\uac00": "\uac00",
		"Zoe\u0308":              "Zo\u00eb",
		"A\u030arsta":            "\u00c5rsta",
		"mu\u0308ller@a.example": "m\u00fcller@a.example",
		"e\u0323\u0302":          "\u1ec7", // Vietnamese: two accents
		"\u03b1\u0301":           "\u03ac", // Greek
		"\u0438\u0306":           "\u0439", // Cyrillic
		"\u304b\u3099":           "\u304c", // kana
		"\u1100\u1161":           "\uac00", // Hangul
		"\u1112\u1161\u11ab":     "\ud55c",
		"x\u0308":                "\u1e8d",
		"q\u0308":                "q\u0308", // there is no such letter
		"\u1ecd\u0301":           "\u1ecd\u0301",
		"\u0308a":                "\u0308a",
	} {
		if got := spelling.Compose(text); got != want {
			t.Errorf("Compose(%+q) = %+q, want %+q", text, got, want)
		}
	}
}
