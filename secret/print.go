package secret

import (
	"encoding"
	"fmt"
	"io"
)

var (
	_ fmt.Formatter          = (*Source)(nil)
	_ fmt.Stringer           = (*Source)(nil)
	_ encoding.TextMarshaler = (*Source)(nil)
)

// String returns where the values are from, and no value.
func (s *Source) String() string {
	switch {
	case s == nil:
		return "<nil>"
	case s.name == "":
		return "secret.Source(fixed)"
	}
	return "secret.Source(" + s.name + ")"
}

// Format writes that, whatever the verb and its flags.
func (s *Source) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText returns that, for slog and for encoders such as that of JSON. The error is always nil.
func (s *Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
