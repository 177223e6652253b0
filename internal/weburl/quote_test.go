package weburl_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/weburl"
)

func TestQuotedAddressHasNoSecret(t *testing.T) {
	for address, want := range map[string]string{
		"https://login.example.com/callback": `"https://login.example.com/callback"`,
		"login.example.com\n":                `"login.example.com\n"`,
		"\ufeffhttps://login.example.com":    `"\ufeffhttps://login.example.com"`,
		"https://a.example/b?code=hush#x":    `"https://a.example/b"`,
		"https://u:hush@a.example/":          "an address with a user, which is not shown",
		"":                                   `""`,
	} {
		if got := weburl.Quote(address); got != want {
			t.Errorf("Quote(%q) = %s, want %s", address, got, want)
		}
	}
	if got := weburl.Quote("https://" + strings.Repeat("a", 5000)); len(got) > 200 {
		t.Errorf("%d bytes", len(got))
	}
}
