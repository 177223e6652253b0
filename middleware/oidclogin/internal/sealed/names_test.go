package sealed_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

const uuid = "9e3779b1-3c1d-4f0a-9e57-0123456789ab"

// roundTrip returns how many bytes the name takes among others, after checking that it comes back.
func roundTrip(t *testing.T, name string) int {
	t.Helper()
	want := []string{name, "staff", name}
	b := sealed.AppendNames(nil, want)
	f := sealed.NewFields(b)
	if got := f.Names(); !slices.Equal(got, want) || f.Done() != nil {
		t.Errorf("%q became %q, %v", want, got, f.Done())
	}
	alone := sealed.AppendName(nil, name)
	f = sealed.NewFields(alone)
	if got := f.Name(); got != name || f.Done() != nil {
		t.Errorf("%q became %q, %v", name, got, f.Done())
	}
	return len(alone)
}

func TestNamesComeBackExactly(t *testing.T) {
	for name, want := range map[string]int{
		uuid:                                    17,
		strings.ToUpper(uuid):                   17,
		"01234567-0123-0123-0123-012345678901":  17, // no letters
		"0" + strings.ToUpper(uuid[1:35]) + "a": 37, // both cases
		strings.ReplaceAll(uuid, "-", "_"):      37,
		strings.ReplaceAll(uuid, "-", ""):       18,
		uuid[:35] + "g":                         37,
		uuid + "0":                              38,
		"{" + uuid + "}":                        39,
		"507f1f77bcf86cd799439011":              14,
		"507F1F77BCF86CD799439011":              14,
		"507f1f77bcf86cd79943901":               24, // an odd length
		"507F1f77bcf86cd799439011":              25,
		"cafe":                                  5,
		"":                                      1,
		"facilities":                            11,
		"Ålice\x00\xff":                         9,
		strings.Repeat("g", 300):                302,
		strings.Repeat("-", 36):                 37,
		strings.Repeat("ab", 300):               303,
	} {
		if n := roundTrip(t, name); n != want {
			t.Errorf("%q takes %d bytes, want %d", name, n, want)
		}
	}
}

func TestMalformedNamesAreRefused(t *testing.T) {
	for what, b := range map[string]string{
		"nothing": "", "a billion": "\x80\xa8\xd6\xb9\x07", "no name": "\x01", "UUID cut off": "\x01\x00abc",
		"hexadecimal without a length": "\x01\x02", "hexadecimal cut off": "\x01\x02\x04abc", "text cut off": "\x01\x08abc",
		"endless number": "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "second UUID missing": "\x02\x00" + strings.Repeat("x", 16),
		"more behind it": "\x01\x04x",
	} {
		f := sealed.NewFields([]byte(b))
		if names := f.Names(); f.Done() == nil {
			t.Errorf("%s: %q", what, names)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add(uuid, "staff", []byte("\x01\x00abc"))
	f.Fuzz(func(t *testing.T, one, two string, raw []byte) {
		roundTrip(t, one)
		roundTrip(t, two)
		fields := sealed.NewFields(raw)
		names := fields.Names()
		if fields.Done() != nil {
			return
		}
		again := sealed.NewFields(sealed.AppendNames(nil, names))
		if got := again.Names(); !slices.Equal(got, names) || again.Done() != nil {
			t.Errorf("%q became %q", names, got)
		}
	})
}
