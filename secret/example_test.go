package secret_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/secret"
)

func ExampleFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "client-secret") // as a platform mounts it
	_ = os.WriteFile(path, []byte("old\n"), 0o600)

	s, err := secret.File(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Values())

	_ = os.WriteFile(path, []byte("new\nold\n"), 0o600) // the operator adds one
	s.Look(context.Background())                        // at the latest a second later, without it
	fmt.Println(s.Values())
	fmt.Println(s)
	// Output:
	// [old]
	// [new old]
	// secret.Source(client-secret)
}
