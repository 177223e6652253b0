//go:build unix

package processes_test

import (
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"
)

const (
	mostUsers    = 64
	mostReplicas = 16
)

// A board is memory that all processes share. What one of them writes, the others read at once, without a message that
// could be late: a reader that has seen there that a version is revoked began after the revocation had returned.
type board struct {
	// Revoked has for each user the latest version of the token whose revocation has returned.
	Revoked [mostUsers]atomic.Uint64

	Readers [mostReplicas]tally
}

// A tally is what the readers of one replica have seen.
type tally struct {
	Served [mostUsers]atomic.Uint64 // the latest version that the replica has served
	Hits   atomic.Uint64            // tokens that it has served
	Wrong  atomic.Uint64            // those that were revoked before the request began
	Errors atomic.Uint64

	LastWrong atomic.Int64 // when, in Unix nanoseconds
}

// newBoard makes the file of a board.
func newBoard(t testing.TB) (path string, b *board) {
	t.Helper()
	path = t.TempDir() + "/board"
	if err := os.WriteFile(path, make([]byte, unsafe.Sizeof(board{})), 0o600); err != nil {
		t.Fatal(err)
	}
	b, free, err := openBoard(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(free)
	return path, b
}

func openBoard(path string) (b *board, free func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	size := int(unsafe.Sizeof(board{}))
	memory, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return (*board)(unsafe.Pointer(&memory[0])), func() { _ = syscall.Munmap(memory) }, nil
}

// raise sets a number to at least n.
func raise(number *atomic.Uint64, n uint64) {
	for {
		old := number.Load()
		if old >= n || number.CompareAndSwap(old, n) {
			return
		}
	}
}
