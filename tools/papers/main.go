// Papers checks what the project has in writing, and names all problems at once:
//
//	go -C tools run ./papers ..
//
// The argument is the root of the checkout. It checks that every citation of a document leads to a section of
// it, that every link between documents leads to a file and a heading, that llms.txt lists every document, that
// comments keep to plain words, that docs/troubleshooting.md explains every warning, that docs/theming.md has every
// custom property of the styles, and that npm packages have the version of the newest release in CHANGELOG.md.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(context.Background(), root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string) error {
	s, err := open(ctx, root)
	if err != nil {
		return err
	}
	var problems []string
	for _, check := range []func() ([]string, error){s.citations, s.links, s.index, s.words, s.logged, s.versions, s.properties} {
		found, err := check()
		if err != nil {
			return err
		}
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		return fmt.Errorf("the papers have problems: %d\n  - %s", len(problems), strings.Join(problems, "\n  - "))
	}
	return nil
}
