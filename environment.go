package pme

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// environment collects what is wrong with the variables it is asked for.
type environment struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (e *environment) problem(format string, args ...any) {
	e.errs = append(e.errs, fmt.Errorf(format, args...))
}

// text returns the value of name, or what is in the file that name_FILE names.
func (e *environment) text(name string) string {
	value, _ := e.lookup(name)
	path, _ := e.lookup(name + "_FILE")
	switch {
	case path == "":
		return value
	case value != "":
		e.problem("%s and %s_FILE are both set: set one of them", name, name)
		return ""
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		e.problem("%s_FILE: %w", name, errors.Unwrap(err))
		return ""
	}
	value = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if value == "" {
		e.problem("%s_FILE names an empty file", name)
	}
	return value
}

func (e *environment) required(name string) string {
	before := len(e.errs)
	value := e.text(name)
	if value == "" && len(e.errs) == before {
		e.problem("%s is not set", name)
	}
	return value
}

func (e *environment) duration(name string) time.Duration {
	value := e.text(name)
	if value == "" {
		return 0
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		e.problem("%s is no duration such as 10m", name)
	}
	return d
}
