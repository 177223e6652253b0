package outside_test

import (
	"testing"

	"github.com/go-pme/pme/internal/outside"
)

func TestTakenIsWhatTheProxyTookOff(t *testing.T) {
	for _, tc := range [][3]string{
		{"/apps/portal/auth/login", "/auth/login", "/apps/portal"},
		{"/auth/login", "/auth/login", ""},
		{"/auth/login", "/login", "/auth"},
		{"/auth/login", "/apps/auth/login", ""}, // added, or replaced
		{"/auth/login", "/other/login", ""},
		{"/pme/pme/x", "/pme/x", "/pme"},
		{"/räume/a b/x", "/x", "/r%C3%A4ume/a%20b"},
		{"/a/b", "b", ""},
		{"/a/b", "", ""},
		{"/x/", "/", ""},
	} {
		if got := outside.Taken(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%q, %q: %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
}

func TestLocalHasThePrefixOnce(t *testing.T) {
	for _, tc := range [][3]string{
		{"/apps", "/login", "/apps/login"},
		{"/apps", "/apps/login", "/apps/login"},
		{"/apps", "/apps", "/apps"},
		{"/apps", "/apps?x", "/apps?x"},
		{"/apps", "/apps#x", "/apps#x"},
		{"/app", "/apps/login", "/app/apps/login"},
		{"/apps", "/", "/apps/"},
		{"", "/login", "/login"},
		{"", "/", "/"},
	} {
		if got := outside.Local(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%q, %q: %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
}
