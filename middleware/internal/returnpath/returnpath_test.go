package returnpath_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/internal/returnpath"
)

func TestShortenedPathIsSafe(t *testing.T) {
	long := strings.Repeat("x", returnpath.Max)
	for s, want := range map[string]struct {
		back string
		cut  bool
	}{
		"/":                  {"/", false},
		"/a?b":               {"/a?b", false},
		"/a?b" + long:        {"/a", true},
		"/a" + long:          {"/", true},
		"/a" + long + "?b":   {"/", true},
		"//a?" + long:        {"/", true},
		"/\\a?" + long:       {"/", true},
		"/%5c%5ca?" + long:   {"/", true},
		"/a\n?" + long:       {"/", true},
		"//a":                {"/", false},
		"":                   {"/", false},
		long:                 {"/", false},
		"a?" + long:          {"/", true},
		"https://a/?" + long: {"/", true},
	} {
		back, cut := returnpath.Shorten(s)
		if back != want.back || cut != want.cut || !returnpath.IsSafe(back) {
			t.Errorf("%.30q of %d bytes: %.30q, %v; want %q, %v", s, len(s), back, cut, want.back, want.cut)
		}
	}
}
