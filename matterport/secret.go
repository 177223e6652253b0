package matterport

import (
	"encoding"
	"fmt"
	"io"
)

// redacted stands where a secret would be printed.
const redacted = "[redacted]"

// Secret is a text that must not be printed: a client secret, an embed token, a link that carries one.
//
// It shows as "[redacted]" under the verbs of fmt, in slog and when it is marshalled as text or JSON.
// An empty Secret shows as the empty text, so that a missing one can be told from a present one.
// Unmarshalling reads it like any string, and the conversion string(s) is the one way to get at it.
//
// Some ways of printing are beyond its reach, because Go asks no method there: the verb %p, the verb
// %w outside of fmt.Errorf, the keys of a JSON object, and an unexported struct field that holds a
// Secret when the struct is printed with fmt. Do not use a Secret in any of them.
type Secret string

var (
	_ fmt.Formatter          = Secret("")
	_ fmt.Stringer           = Secret("")
	_ encoding.TextMarshaler = Secret("")
)

// String returns the redacted form. Printers that do not use fmt ask for it, such as go-cmp in a diff.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format writes the redacted form, whatever the verb and its flags.
func (s Secret) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, s.String())
}

// MarshalText returns the redacted form. It serves slog, JSON, XML and YAML values too. The error is
// always nil.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
