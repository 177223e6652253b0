//go:build linux

// Package ship_test checks what is released: the program, the container, the unit and the manifests.
package ship_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const repository = "../../.."

// build runs build.sh of a copy of the repository, as the image does.
func build(t *testing.T, in string, env ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "pme")
	cmd := exec.CommandContext(t.Context(), "sh", filepath.Join(in, "cmd/pme/ship/build.sh"), out, "timetzdata")
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return out
}

var release = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "pme-ship-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out := filepath.Join(dir, "pme")
	if err := exec.CommandContext(context.Background(), "sh", "build.sh", out, "timetzdata").Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
})

// long skips a test that compiles the whole program as it is released, which takes minutes, unless PME_LONG is set.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("PME_LONG") == "" {
		t.Skip("it takes minutes: set PME_LONG")
	}
}

// released returns the program as the image has it, built once.
func released(t *testing.T) []byte {
	t.Helper()
	long(t)
	program, err := release()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func TestTheProgramIsStatic(t *testing.T) {
	checkStatic(t, released(t), machines[runtime.GOARCH])
}

// machines are those that releases are built for, by GOARCH.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// checkStatic checks that a program is for the machine, needs no libraries, and has no symbols.
func checkStatic(t *testing.T, program []byte, machine elf.Machine) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	if f.Machine != machine {
		t.Errorf("it is for %v, not %v", f.Machine, machine)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it is linked dynamically: %v", p.Type)
		}
	}
	if libraries, err := f.ImportedLibraries(); len(libraries) > 0 {
		t.Errorf("%q, %v", libraries, err)
	}
	for _, section := range []string{".symtab", ".debug_info", ".zdebug_info"} {
		if f.Section(section) != nil {
			t.Errorf("it has %s", section)
		}
	}
}

// The second build compiles everything itself.
func TestTwoBuildsAreTheSameBytes(t *testing.T) {
	long(t)
	one, two := checkout(t), checkout(t)
	env := []string{"GOAMD64=v3", "GOFLAGS=-ldflags=-X=main.x=y", "GOCACHE=" + t.TempDir()} // of whoever builds
	if first, second := digest(t, build(t, one)), digest(t, build(t, two, env...)); first != second {
		t.Errorf("%x and %x", first, second)
	}
}

func digest(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte(filepath.Dir(path))) || bytes.Contains(b, []byte(os.TempDir()+"/"+t.Name())) {
		t.Error("the program names a directory of the build")
	}
	return sha256.Sum256(b)
}

// checkout copies the files of the repository to a directory of its own.
func checkout(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-C", repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("git does not list the files: %v", err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(repository, name))
		if os.IsNotExist(err) {
			continue // removed, and not committed
		}
		var b []byte
		if err == nil {
			b, err = os.ReadFile(filepath.Join(repository, name))
		}
		if err == nil {
			err = put(filepath.Join(dir, name), b, info.Mode().Perm())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// put writes a file and the directories that lead to it.
func put(path string, content []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode) // whatever the umask
}
