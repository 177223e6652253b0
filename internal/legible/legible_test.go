package legible_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/internal/legible"
)

func TestLinesAreCountedAsEditorsDo(t *testing.T) {
	for text, want := range map[string][]legible.Fault{
		"":                              nil,
		"\ufeffa\tb\r\nc\n":             nil,
		"a\r\nb\nc\rd\n":                {{Line: 3, Char: '\r'}},
		"a\r":                           {{Line: 1, Char: '\r'}},
		"a\r\r\nb":                      {{Line: 1, Char: '\r'}},
		"a\u2028b\nc\u2029d\n\u0085":    {{Line: 1, Char: '\u2028'}, {Line: 2, Char: '\u2029'}, {Line: 3, Char: '\u0085'}},
		"a\u202eb\u202cc\n\u200f":       {{Line: 1, Char: '\u202e'}, {Line: 2, Char: '\u200f'}},
		"a\n\ufeffb":                    {{Line: 2, Char: '\ufeff'}},
		"\ufeff\ufeffb":                 {{Line: 1, Char: '\ufeff'}},
		"a\n\xe9":                       {{Line: 2, Char: utf8.RuneError}},
		"\ufffd is a character":         nil,
		"nul\x00":                       {{Line: 1}},
		"# \u200b\u00ad\u200d in notes": nil,
	} {
		if diff := cmp.Diff(want, legible.InText([]byte(text), 10)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if n := len(legible.InText([]byte(strings.Repeat("\u202e\n", 20)), 10)); n != 10 {
		t.Errorf("%d faults, want at most 10", n)
	}
}

func TestEveryDirectionalCharacterIsAControl(t *testing.T) {
	controls := []rune{0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069}
	for _, r := range append(controls, 0x2028, 0x2029, 0x85, 0, '\r', '\n', 0x7f) {
		f, ok := legible.InLine("a" + string(r))
		if !ok || f.Char != r || !strings.Contains(f.String(), fmt.Sprintf("%U", r)) {
			t.Errorf("%U: %v, %v", r, f, ok)
		}
	}
}

func TestLinesInAllScriptsHaveNoFault(t *testing.T) {
	for _, text := range []string{
		"", "Büro", "مكتب رئيسي", "משרד ראשי", "خانه\u200cها", "क्\u200dष", "👩\u200d💻 Developers", "🏳\ufe0f\u200d🌈", "1\ufe0f⃣", "\u200b", "a\u00adb",
	} {
		if f, ok := legible.InLine(text); ok {
			t.Errorf("%q: %v", text, f)
		}
	}
}

func TestNamesThatLookTheSame(t *testing.T) {
	for name, bad := range map[string]rune{
		"facilities": 0, "Löschgruppe 1": 0, "משרד": 0, "خانه\u200cها": 0, "क्\u200dष": 0, "👩\u200d💻 Developers": 0, "👩🏽\u200d💻": 0,
		"🏳\ufe0f\u200d🌈": 0, "❤\ufe0f friends": 0, "1\ufe0f⃣ floor": 0, "\u0600\u0661": 0, "a\u00a0b": 0,

		"facilities\u200b": '\u200b', "faci\u200dlities": '\u200d', "\u200cfacilities": '\u200c', "facilities\ufe0f": '\ufe0f',
		"al\u00adice": '\u00ad', "alice\u2060": '\u2060', "alice\U000e0061": '\U000e0061', "alice\u3164": '\u3164',
		"alice\u034f": '\u034f', "ali\u2800ce": '\u2800', "\ufeffalice": '\ufeff', "alice\u202e": '\u202e', "a\nb": '\n',
		"بيت\u200d": '\u200d', "👩\u200d\u200d💻": '\u200d', "Zoë\u200dé": '\u200d', "❤\ufe0f\ufe0f": '\ufe0f', "мир\u200dа": '\u200d',
	} {
		f, ok := legible.InName(name)
		if ok != (bad != 0) || f.Char != bad {
			t.Errorf("%+q: %v, %v; want %U", name, f, ok, bad)
		}
	}
}
