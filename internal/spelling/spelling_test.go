package spelling_test

import (
	"testing"

	"github.com/go-pme/pme/internal/spelling"
)

func TestNamesThatDifferInSpelling(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{"facilities", "facilities", ""},
		{"facilities", "Facilities", "letter case"},
		{"facilities", " facilities\n", "spaces"},
		{"Data Centre", "Data  Centre", "spaces"},
		{"Data Centre", "Data\u00a0Centre", "spaces"},
		{"facilities", "faci\u200blities", "invisible characters"},
		{"facilities", "facilities\ufe0f", "invisible characters"},
		{"facilities", "facilities\u3164", "invisible characters"},
		{"facilities", "Facilities\u202e ", "letter case and invisible characters and spaces"},
		{"facilities", "FACILITIES ", "letter case and spaces"},
		{"Zo\u00eb", "Zoe\u0308", "accents"},
		{"ZO\u00cb", "ZOE\u0308", "accents"},
		{"L\u00f6schgruppe", "Loschgruppe", "accents"},
		{"\u00c5rsta", "a\u030arsta", "letter case and accents"},
		{" \u00c5rsta", "arsta", "letter case and spaces and accents"},
		{"\u212aelvin", "Kelvin", "letter case"},
		{"\u0130zmir", "i\u0307zmir", "letter case and accents"},
	} {
		if a, b := spelling.Key(test.a), spelling.Key(test.b); a != b {
			t.Errorf("Key(%q) = %q and Key(%q) = %q; want the same", test.a, a, test.b, b)
		}
		if got := spelling.Differences(test.a, test.b); got != test.want {
			t.Errorf("Differences(%q, %q) = %q; want %q", test.a, test.b, got, test.want)
		}
		if got := spelling.Differences(test.b, test.a); got != test.want {
			t.Errorf("Differences(%q, %q) = %q; want %q", test.b, test.a, got, test.want)
		}
	}
}

func TestNamesThatDifferInMore(t *testing.T) {
	for _, test := range [][2]string{
		{"facilities", "facility"},
		{"data centre", "datacentre"},
		{"staff-1", "staff_1"},
		{"strasse", "stra\u00dfe"},
		{"o", "\u00f8"},
		{"", "a"},
	} {
		if a, b := spelling.Key(test[0]), spelling.Key(test[1]); a == b {
			t.Errorf("Key(%q) and Key(%q) are both %q", test[0], test[1], a)
		}
	}
}

func TestKeyOfSpacesIsEmpty(t *testing.T) {
	for _, s := range []string{"", " ", "\t\u00a0\u200b"} {
		if key := spelling.Key(s); key != "" {
			t.Errorf("Key(%q) = %q; want none", s, key)
		}
	}
}
