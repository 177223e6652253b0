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
		return parseShell(ctx, b.text)
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

func parseShell(ctx context.Context, text string) error {
	bash := exec.CommandContext(ctx, "bash", "-n")
	bash.Stdin = strings.NewReader(text)
	var output bytes.Buffer
	bash.Stderr = &output
	if err := bash.Run(); err != nil {
		return errors.Join(err, errors.New(strings.TrimSpace(output.String())))
	}
	return nil
}
