package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestAProblemSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/x: y", Err: syscall.EACCES}
	inUse := &net.OpError{Op: "listen", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	for name, test := range map[string]struct {
		err          error
		text, remedy string
	}{
		"both":               {errors.New("pme: it is short: make a longer one"), "it is short", "make a longer one"},
		"no remedy":          {errors.New("pme: it is short"), "it is short", "docs/gateway.md describes it"},
		"two colons":         {errors.New("pme: it is short: make one: openssl rand"), "it is short", "make one: openssl rand"},
		"the system alone":   {denied, "open /x: y: permission denied", "let the user of this process do that, or choose another place"},
		"with a package":     {fmt.Errorf("files: %w", denied), "open /x: y: permission denied", "let the user of this process do that, or choose another place"},
		"what and system":    {fmt.Errorf("files: it cannot be read: %w", denied), "it cannot be read: open /x: y: permission denied", "let the user of this process do that, or choose another place"},
		"what, remedy, both": {fmt.Errorf("files: it cannot be read: own it: %w", denied), "it cannot be read: open /x: y: permission denied", "own it"},
		"an address":         {fmt.Errorf("listen: %w", inUse), "listen tcp 127.0.0.1:80: bind: address already in use", "end the process that listens there, or choose another address"},
		"with the setting":   {errors.New("pme: audit.dir is short: make it longer"), "is short", "make it longer"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ProblemOf("audit.dir", test.err)
			if got.Text != test.text || got.Remedy != test.remedy {
				t.Errorf("%q, do %q", got.Text, got.Remedy)
			}
		})
	}
}
