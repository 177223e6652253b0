// Package configtext checks the texts of a configuration for what a file or a variable adds to a value, such as a
// line's end or a byte order mark.
package configtext

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/weburl"
)

// A Check collects problems, each with the name of the room, that of the field and the character that is wrong.
// Where it can be no secret, the value is quoted.
type Check struct {
	Room     string // the package that has the configuration
	Problems []error
}

// Text checks a value that is no secret. An empty one is right.
func (c *Check) Text(field, value string) {
	if wrong := legible.InValue(value); wrong != "" {
		c.add("%s is %+.128q, which %s", field, value, wrong)
	}
}

// Address checks a URL. One that may have a password in it is not quoted.
func (c *Check) Address(field, value string) {
	if wrong := legible.InValue(value); wrong != "" {
		c.add("%s is %s, which %s", field, weburl.Quote(value), wrong)
	}
}

// Secret checks a value without quoting it.
func (c *Check) Secret(field, value string) {
	if wrong := legible.InValue(value); wrong != "" {
		c.add("%s %s", field, wrong)
	}
}

// Texts checks all values of a list.
func (c *Check) Texts(field string, values []string) {
	for i, value := range values {
		c.Text(fmt.Sprintf("%s[%d]", field, i), value)
	}
}

// Map checks the names and values of a map. Only names are quoted.
func (c *Check) Map(field string, values map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		c.Text("a name of "+field, name)
		c.Secret(fmt.Sprintf("%s[%+.64q]", field, name), values[name])
	}
}

func (c *Check) add(format string, args ...any) {
	c.Problems = append(c.Problems, fmt.Errorf(c.Room+": "+format, args...))
}
