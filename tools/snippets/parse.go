package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse checks a block in another language than Go, as far as there is a parser for it.
func parse(ctx context.Context, b block) error {
	switch b.language {
	case "sh":
		return parseBy(ctx, b.text, "bash", "-n")
	case "python":
		return parseBy(ctx, b.text, "python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	case "php":
		return parseBy(ctx, b.text, "php", "-l")
	case "javascript": // a fragment for a server: what a page runs is called js
		return parseBy(ctx, b.text, "node", "--check", "-")
	case "json":
		var value any
		return json.Unmarshal([]byte(b.text), &value)
	case "yaml":
		var value any
		return yaml.Unmarshal([]byte(b.text), &value)
	case "", "nginx", "html", "js", "tsx", "vue", "diff":
		return nil // tests of the examples run these
	default:
		return fmt.Errorf("no check for code in %q: add one", b.language)
	}
}

// parseBy has a program parse the text. If it is not installed, as PHP is on few machines, nothing is checked.
func parseBy(ctx context.Context, text, program string, args ...string) error {
	if _, err := exec.LookPath(program); err != nil {
		return nil //nolint:nilerr // as said above
	}
	parser := exec.CommandContext(ctx, program, args...)
	parser.Stdin = strings.NewReader(text)
	var output bytes.Buffer
	parser.Stderr = &output
	if err := parser.Run(); err != nil {
		return errors.Join(err, errors.New(strings.TrimSpace(output.String())))
	}
	return nil
}
