package config

import (
	"fmt"

	"github.com/go-pme/pme/secret"
)

// A Secret is a value that is never shown, or several, the newest first. It prints as where it is from. The zero value is not set.
type Secret struct {
	source *secret.Source
	file   string // that the values are in, or empty
}

// SecretOf returns the secret with the values of a source.
func SecretOf(source *secret.Source) Secret { return Secret{source: source} }

// Source returns the source, which is read again if it is a file, and nil if the secret is not set.
func (s Secret) Source() *secret.Source { return s.source }

// File returns the path of the file that the values are in, or "" if they are in none of their own.
func (s Secret) File() string { return s.file }

// IsSet reports whether there is a value.
func (s Secret) IsSet() bool { return s.source != nil }

// Values returns the values in force, the newest first.
func (s Secret) Values() []string {
	if s.source == nil {
		return nil
	}
	return s.source.Values()
}

// Value returns the newest value, or "".
func (s Secret) Value() string {
	if values := s.Values(); len(values) > 0 {
		return values[0]
	}
	return ""
}

// Format writes where the value is from, whatever the verb and its flags.
func (s Secret) Format(state fmt.State, verb rune) {
	if s.source != nil {
		s.source.Format(state, verb)
	}
}

// MarshalText returns *** if there is a value.
func (s Secret) MarshalText() ([]byte, error) {
	if s.source == nil {
		return nil, nil
	}
	return []byte("***"), nil
}
