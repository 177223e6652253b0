// House prints the rooms of the project, which are its packages, and which room imports which. It fails
// if the rooms break a rule of the design, and names all problems at once:
//
//	go -C tools run ./house ..
//
// The argument is the root of the checkout. The rules and their limits are in the files of this package:
// circles, families, crowds, borders, exports and guards.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(context.Background(), os.Stdout, root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, root string) error {
	h, err := load(ctx, root)
	if err != nil {
		return err
	}
	if err := h.print(w); err != nil {
		return err
	}
	problems, err := h.problems()
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("the house has problems: %d\n  - %s", len(problems), strings.Join(problems, "\n  - "))
	}
	return nil
}

// problems returns everything that is wrong with the house, one sentence each.
func (h *house) problems() ([]string, error) {
	unguarded, err := h.unguarded()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, problems := range [][]string{h.circles(), h.families(), h.crowds(), h.borders(), h.exports(), unguarded} {
		all = append(all, problems...)
	}
	return all, nil
}
