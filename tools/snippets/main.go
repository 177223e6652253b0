// Snippets compiles the code in the project's documents, and names all problems at once:
//
//	go -C tools run ./snippets ..
//
// The argument is the root of the checkout. A block of Go with a package clause is a file. Any other block is
// the body of a function, and what it needs is declared in a comment in front of it, which readers do not see:
//
//	<!-- given: cfg pme.Config, mux *http.ServeMux -->
//
// Packages of the checkout and of the table in imports.go are imported for it. Blocks of shell, YAML and JSON are
// parsed, and those of Python and PHP where these are installed. Blocks without a language are pictures.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-pme/pme/tools/internal/checkout"
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
	files, err := checkout.Files(ctx, root)
	if err != nil {
		return err
	}
	var blocks []block
	for _, name := range files {
		if filepath.Ext(name) != ".md" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		blocks = append(blocks, split(name, string(data))...)
	}
	problems, err := check(ctx, root, blocks, packages(files))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("the code in the documents has problems: %d\n  - %s", len(problems), strings.Join(problems, "\n  - "))
	}
	fmt.Printf("%d blocks of code in the documents are sound\n", len(blocks))
	return nil
}

// check returns the problems of all blocks.
func check(ctx context.Context, root string, blocks []block, known imports) ([]string, error) {
	var problems []string
	var sources []source
	for _, b := range blocks {
		switch {
		case !b.ended:
			problems = append(problems, b.at()+": the block does not end")
		case b.language == "go":
			source, err := b.source(known)
			if err != nil {
				problems = append(problems, fmt.Sprintf("%s: %v", b.at(), err))
				continue
			}
			sources = append(sources, source)
		default:
			if err := parse(ctx, b); err != nil {
				problems = append(problems, fmt.Sprintf("%s: %v", b.at(), err))
			}
		}
	}
	found, err := compile(ctx, root, sources)
	return append(problems, found...), err
}
