package secret

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-pme/pme/internal/legible"
)

const (
	maxSize   = 64 << 10 // bytes of one file
	maxValues = 16
)

var (
	errTooMany = fmt.Errorf("there are more than %d values: remove old ones", maxValues)
	errTooLong = fmt.Errorf("longer than %d bytes", maxSize)
)

// readAll returns the content of the files. Its error names the path, and the problem.
func readAll(paths []string) ([][]byte, error) {
	var all [][]byte
	for _, path := range paths {
		content, err := read(path)
		if err != nil {
			return nil, fmt.Errorf("secret: %s: %w", path, err)
		}
		all = append(all, content)
	}
	return all, nil
}

// read returns the content of a file. Its error does not name the path.
func read(path string) (_ []byte, err error) {
	defer func() {
		if trouble, ok := errors.AsType[*os.PathError](err); ok {
			err = trouble.Err
		}
	}()
	info, err := os.Stat(path)
	if err != nil {
		return nil, err //nolint:wrapcheck // readAll wraps it
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, errors.New("not a regular file")
	}
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err //nolint:wrapcheck // readAll wraps it
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err == nil && len(content) > maxSize {
		return nil, errTooLong
	}
	return content, err //nolint:wrapcheck // readAll wraps it
}

// parse returns the values in the files, each once.
func parse(paths []string, content [][]byte) ([]string, error) {
	var values []string
	for i, path := range paths {
		text := legible.FileText(content[i])
		if text == "" {
			return nil, fmt.Errorf("secret: %s: the file is empty", path)
		}
		for line, value := range strings.Split(text, "\n") {
			value = strings.TrimSuffix(value, "\r")
			if err := checkValue(line, value); err != nil {
				return nil, fmt.Errorf("secret: %s: %w", path, err)
			}
			values = append(values, value)
		}
	}
	values = distinct(values)
	if len(values) > maxValues {
		return nil, fmt.Errorf("secret: %s: %w", strings.Join(paths, ", "), errTooMany)
	}
	return values, nil
}

// checkValue says what is wrong with the value at an index, without quoting it.
func checkValue(index int, value string) error {
	if value == "" {
		return fmt.Errorf("value %d is empty: write one value on each line", index+1)
	}
	if wrong := legible.InValue(value); wrong != "" {
		return fmt.Errorf("value %d %s", index+1, wrong)
	}
	return nil
}

func baseNames(paths []string) string {
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return strings.Join(names, ", ")
}
