//go:build linux

package redistest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

const childVariable = "REDISTEST_CHILD"

// TestServersEndWithAKilledTest starts itself as another process, and kills it.
func TestServersEndWithAKilledTest(t *testing.T) {
	t.Parallel()
	leaveOutIfShort(t)
	if os.Getenv(childVariable) != "" {
		s := redistest.Start(t)
		s.Freeze(t)
		_, _ = os.Stdout.WriteString("\n" + s.Addr() + "\n")
		<-t.Context().Done()
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), childVariable+"=1", "TMPDIR="+t.TempDir())
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	addr := addressFrom(bufio.NewScanner(out))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if addr == "" {
		t.Fatal("the other process has started no server")
	}
	eventually(t, "end of the server", func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil
		}
		if err == nil {
			_ = conn.Close()
		}
		return errStill
	})
}

func addressFrom(lines *bufio.Scanner) string {
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "127.0.0.1:") {
			return lines.Text()
		}
	}
	return ""
}

// The system ends a child with the thread that forked it, if told to end it with its parent.
func TestServerOutlivesTheThreadThatAskedForIt(t *testing.T) {
	t.Parallel()
	leaveOutIfShort(t)
	var s *redistest.Server
	thread := make(chan int)
	go offMainThread(func() {
		s = redistest.Start(t)
		thread <- syscall.Gettid()
	})
	task := fmt.Sprintf("/proc/self/task/%d", <-thread)
	eventually(t, "end of the thread", func(context.Context) error {
		if _, err := os.Stat(task); errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return errStill
	})
	if err := ping(t.Context(), s.Client(t)); err != nil {
		t.Error(err)
	}
}

// offMainThread runs f on a thread that ends with it: a goroutine that ends while it has locked its thread takes it along, but
// never the process' first.
func offMainThread(f func()) {
	runtime.LockOSThread()
	if syscall.Gettid() != syscall.Getpid() {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		f()
	}()
	<-done
	runtime.UnlockOSThread()
}
