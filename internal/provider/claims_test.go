package provider_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/provider"
)

func TestDisplayNameIsCleanedOrLeftOut(t *testing.T) {
	for _, tc := range []struct{ name, user, want string }{
		{"Alice Doe", "alice", "Alice Doe"},
		{"\u202eecilA\u200e", "alice", "ecilA"},
		{"Alice\tDoe\n", "alice", "Alice Doe"},
		{"\u202e\x00 ", "alice", "alice"},
		{"", "\u200f", ""},
		{strings.Repeat("ü", 150), "alice", strings.Repeat("ü", 100)},
	} {
		if got := provider.DisplayName(map[string]any{"name": tc.name, "preferred_username": tc.user}); got != tc.want {
			t.Errorf("%q, %q: %q, want %q", tc.name, tc.user, got, tc.want)
		}
	}
}
