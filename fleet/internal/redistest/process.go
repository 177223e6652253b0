//go:build unix

package redistest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// program returns the path of redis-server, which is the sentinel too.
func program(tb testing.TB) string {
	tb.Helper()
	if testing.Short() {
		tb.Skip("without Redis, as -short is given")
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		tb.Fatal("redis-server is not installed: apt-get install redis-server, or leave these tests out with -short")
	}
	return path
}

// A process is one run of a server.
type process struct {
	*os.Process
	ended chan struct{}
}

// launch starts a process that ends with this one, even if this one is killed.
//
// The kernel sends the parent-death signal when the thread that forked ends, not when its process does. The Go runtime ends
// threads at will, but never one that a running goroutine has locked. So the goroutine that forks stays on its thread until
// the server has ended. It waits for that anyway.
func launch(command *exec.Cmd) (*process, error) {
	command.SysProcAttr = new(syscall.SysProcAttr)
	endWithParent(command.SysProcAttr)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			_ = command.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return &process{command.Process, ended}, nil
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// end sends a signal and waits until the process has ended.
func (p *process) end(with syscall.Signal) error {
	if err := p.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	// A stopped process handles no signal but SIGKILL.
	_ = p.Signal(syscall.SIGCONT)
	select {
	case <-p.ended:
		return nil
	case <-time.After(limit):
		return fmt.Errorf("redis-server does not end on %v", with)
	}
}
