package handler

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "token-_.~", `"\`, "</script>", "\x00\x1f\x7f", "ü\u2028", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil || (utf8.ValidString(s) && got != s) {
			t.Fatalf("%q became %q: %v", s, got, err)
		}
	})
}
