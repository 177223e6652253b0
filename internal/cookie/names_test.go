package cookie_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/cookie"
)

func TestNamesAreBoundedAndHaveNoValues(t *testing.T) {
	names, more := cookie.Names(http.Header{"Cookie": {"a=secret; b=sec=ret; a=3;c ; d\x1b[31m=4", "e=6; =7; novalue"}})
	if want := []string{"a", "b", "d[31m", "e"}; !slices.Equal(names, want) || more != 0 {
		t.Errorf("%q and %d more, want %q", names, more, want)
	}
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("%s%d=v", strings.Repeat("n", 100), i), fmt.Sprintf("c%d=v", i))
	}
	names, more = cookie.Names(http.Header{"Cookie": {strings.Join(many, "; ")}})
	if len(names) != 20 || more == 0 || len(strings.Join(names, "")) > 20*64 {
		t.Errorf("%d names and %d more", len(names), more)
	}
	if names, more := cookie.Names(http.Header{}); len(names) != 0 || more != 0 {
		t.Errorf("%q, %d", names, more)
	}
}
