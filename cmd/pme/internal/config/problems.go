package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// maxProblems bounds how many problems a text lists, so that a wrong file of one megabyte does not fill the log.
const maxProblems = 100

// A Problem is something that is wrong with the configuration. It never has the value of a secret in it.
type Problem struct {
	// File and Line say where it is in the file. Line counts from 1, and is 0 if it is not in the file.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`

	// Name is the environment variable or the flag that is wrong, such as PME_ADDR or -addr, if it is not the file.
	Name string `json:"name,omitempty"`

	// Path is the field, such as login.oidc.issuer. It is empty if the problem is not with a single field.
	Path string `json:"path,omitempty"`

	// Text says what is wrong, and Remedy what to do.
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// Error returns the problem in one line: where it is, as compilers write it, what is wrong, and what to do.
func (p Problem) Error() string {
	var parts []string
	switch {
	case p.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", p.File, p.Line))
	case p.File != "":
		parts = append(parts, p.File)
	case p.Name != "":
		parts = append(parts, p.Name)
	}
	if p.Path != "" {
		parts = append(parts, p.Path)
	}
	return strings.Join(append(parts, p.Text, p.Remedy), ": ")
}

// Problems are everything that is wrong with a configuration: those of the file first, in the order of its lines.
type Problems []Problem

// Error returns the problems, one in a line.
func (ps Problems) Error() string {
	var lines []string
	for i, p := range ps {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more problems", len(ps)-i))
			break
		}
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// A collector collects problems.
type collector struct{ found Problems }

// add notes what is wrong with a part, at an origin.
func (c *collector) add(at origin, path string, f form.Fault) {
	c.found = append(c.found, Problem{File: at.file, Line: at.line, Name: at.name, Path: path, Text: f.Text, Remedy: f.Remedy})
}

// err returns what was found, or nil.
func (c *collector) err() error {
	if len(c.found) == 0 {
		return nil
	}
	slices.SortStableFunc(c.found, func(a, b Problem) int {
		return cmp.Or(-cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c.found
}

// An origin is where something was said: a line of a file, an environment variable, or a flag.
type origin struct {
	file string
	line int
	name string
}

// String returns the file and the line, or the name of the variable or of the flag.
func (o origin) String() string {
	if o.line > 0 {
		return fmt.Sprintf("%s:%d", o.file, o.line)
	}
	return cmp.Or(o.name, o.file)
}
