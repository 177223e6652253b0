package sealed_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

type text string

func (s *text) AppendTo(b []byte) []byte { return append(b, *s...) }

func (s *text) Parse(b []byte) error {
	*s = text(b)
	return nil
}

func keys(first string) [][]byte {
	return [][]byte{[]byte(strings.Repeat(first, 32)), []byte(strings.Repeat("b", 16)), []byte(strings.Repeat("c", 64)), []byte(strings.Repeat("d", 32))}
}

func seals(t *testing.T, keys [][]byte, issuer, client string) *sealed.Seals {
	t.Helper()
	s, err := sealed.New(keys, nil, issuer, client)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedValueOpensUnderItsNameAndKeysOnly(t *testing.T) {
	const issuer, client = "https://id.example", "intranet"
	s := seals(t, keys("a"), issuer, client)
	plain := text("a secret")
	value := s.Seal("name", &plain)
	if strings.Contains(value, "secret") || value == s.Seal("name", &plain) {
		t.Errorf("sealed as %q, always in the same way", value)
	}
	rotated := append([][]byte{[]byte(strings.Repeat("e", 32)), []byte(strings.Repeat("f", 24))}, keys("a")...)
	for what, opens := range map[string]*sealed.Seals{"the same": s, "a new pair in front": seals(t, rotated, issuer, client)} {
		var got text
		if err := opens.Open("name", value, &got); err != nil || got != plain {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	halves := keys("a")
	halves[1] = []byte(strings.Repeat("x", 16))
	for what, other := range map[string]*sealed.Seals{
		"another key to authenticate": seals(t, keys("x"), issuer, client), "another key to encrypt": seals(t, halves, issuer, client),
		"another issuer": seals(t, keys("a"), issuer+"/", client), "another client": seals(t, keys("a"), issuer, "x"),
	} {
		got := text("before")
		if err := other.Open("name", value, &got); !errors.Is(err, sealed.ErrNotOpened) || got != "before" {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	var got text
	if s.Open("another name", value, &got) == nil {
		t.Error("opened under another name")
	}
	for i := range value {
		for _, changed := range []string{value[:i], value[:i] + "!" + value[i+1:], value[:i] + string(value[i]^1) + value[i+1:], value[:i] + "\n" + value[i:]} {
			if s.Open("name", changed, &got) == nil {
				t.Errorf("%q opened, which is not %q", changed, value)
			}
		}
	}
}
