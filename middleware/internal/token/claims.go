package token

import (
	"strings"
	"time"
)

// Claims are what a token says. Unlike encoding/json with a struct, they are looked up by their exact
// names: who can have a claim Email_verified written cannot pass it off as email_verified.
type Claims map[string]any

// Text returns the claim, or nothing if it is something else than text.
func (c Claims) Text(name string) string {
	s, _ := c[name].(string)
	return s
}

// Time returns the claim, or the zero time if it is no number of seconds since 1970.
func (c Claims) Time(name string) time.Time {
	seconds, _ := c[name].(float64)
	if seconds < 1 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// IsBy reports whether the claim is a time that is not after t. It is also true where there is none.
func (c Claims) IsBy(name string, t time.Time) bool {
	v, ok := c[name]
	if !ok {
		return true
	}
	seconds, ok := v.(float64)
	return ok && seconds <= float64(t.UnixMilli())/1000
}

// Words returns the parts of the claim: those of a text between its spaces, or the texts of an array.
func (c Claims) Words(name string) []string {
	switch v := c[name].(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var words []string
		for _, element := range v {
			if word, ok := element.(string); ok {
				words = append(words, word)
			}
		}
		return words
	}
	return nil
}
