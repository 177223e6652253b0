package serve

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAnErrorOfSeveralLinesIsOneProblem(t *testing.T) {
	var found Problems
	cause := errors.New("no answer:\n\thost a: refused\n\thost b: refused")
	found.explain(errors.Join(fmt.Errorf("sqlstore: %w", cause), errors.New("sqlstore: Keys: one is missing")), glossary{part: "connections"})
	if len(found) != 2 || strings.Contains(found[0].Error(), "\n") {
		t.Errorf("%q", found)
	}
}
