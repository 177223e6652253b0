//go:build unix

package blackbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// examples is the directory of their module.
var examples = filepath.Join("..", "..", "..", "examples")

// bin is where the programs are built, once for all tests.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "blackbox")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin = dir
	return m.Run()
}

var build = sync.OnceValues(func() (string, error) {
	command := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./intranet", "./oidc")
	command.Dir = examples
	out, err := command.CombinedOutput()
	return string(out), err
})

// program returns the path of an example.
func program(t *testing.T, name string) string {
	t.Helper()
	if out, err := build(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return filepath.Join(bin, name)
}

// both runs a test of each example.
func both(t *testing.T, test func(t *testing.T, kind string)) {
	t.Helper()
	for _, kind := range []string{"intranet", "oidc"} {
		t.Run(kind, func(t *testing.T) { test(t, kind) })
	}
}
