package scrub_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/scrub"
)

func TestSecretsAndControlCharactersAreRemoved(t *testing.T) {
	const secret = `p+s/w "ö" & 1`
	s := scrub.Scrubber{Secrets: []string{secret, "", "p+s", "dG9rZW4"}, Limit: 300}
	for text, want := range map[string]string{
		"plain " + secret + " text":              "plain [redacted] text",
		`quoted p+s/w \"ö\" & 1.`:                "quoted [redacted].",
		"a query p%2Bs%2Fw+%22%C3%B6%22+%26+1.":  "a query [redacted].",
		"in small p%2bs%2fw+%22%c3%b6%22+%26+1.": "in small [redacted].",
		"HTML p+s/w &#34;ö&#34; &amp; 1":         "HTML [redacted]",
		"two lines\r\nlevel=ERROR\x1b[31m":       "two lines  level=ERROR [31m",
		"reordered \u202etxt\u200b":              "reordered  txt",
		"Bearer abcdefghijklmnopqrst":            "Bearer [redacted]",
		"bearer token expired":                   "bearer token expired",
		"unknown eyJhbGciOiJub25lIn0.e30.":       "unknown [redacted]",
		"trace 11111111-2222-3333-4444-5":        "trace [redacted]",
		"basic dG9rZW4":                          "basic [redacted]",
		"":                                       "",
	} {
		if got := s.Clean(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCutSparesNoSecret(t *testing.T) {
	s := scrub.Scrubber{Secrets: []string{"secret"}, Limit: 10}
	for text, want := range map[string]string{
		"1234567secret": "1234567[re…",
		"ööööööööööö":   "öööööööööö…",
		"0123456789":    "0123456789",
	} {
		if got := s.Clean(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestUUIDsStayIfAskedForUnlessSecret(t *testing.T) {
	const trace, secret = "f5b1ad0c-8a1e-4c53-8a0c-000000000001", "f5b1ad0c-8a1e-4c53-8a0c-000000000002"
	text := "Trace ID: " + trace + " Secret: " + secret + " App: " + trace + "."
	s := scrub.Scrubber{Secrets: []string{secret}, Limit: 300, KeepUUIDs: true}
	if got, want := s.Clean(text), strings.ReplaceAll(text, secret, "[redacted]"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.KeepUUIDs = false
	if got := s.Clean(text); strings.Contains(got, trace) {
		t.Errorf("%q", got)
	}
}
