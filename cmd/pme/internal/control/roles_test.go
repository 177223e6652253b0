package control_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/control"
)

// asAnother has the test binary run as another user: asAnother ROLE UID GID PATH.
const asAnother = "as-another-user"

// An account is a user of the system, by number: no test needs it to have a name.
type account struct{ uid, gid int }

var (
	root     = account{0, 0}
	service  = account{64001, 64001}
	operator = account{64002, 64001} // a member of the group of service
	stranger = account{64003, 64003}
)

// playRole is what the test binary does as another user. It ends when its standard input does.
func playRole(args []string) int {
	uid, errUID := strconv.Atoi(args[1])
	gid, errGID := strconv.Atoi(args[2])
	if err := errors.Join(errUID, errGID, syscall.Setgroups(nil), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
		fmt.Println(err)
		return 1
	}
	role := map[string]func(path string) error{"server": serveAsPME, "impostor": serveAsImpostor, "client": askForTrail}[args[0]]
	if err := role(args[3]); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func serveAsPME(path string) error {
	s, err := control.Listen(path, control.Config{Target: new(process), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve() })
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = s.Close()
	serving.Wait()
	return nil
}

// serveAsImpostor says that whatever is asked for was done, and at the end how often it was asked.
func serveAsImpostor(path string) error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "unix", path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o666); err != nil {
		return err
	}
	var asked atomic.Int64
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Pme-Control", "1")
		_, _ = w.Write([]byte(`{"revoked":3}`))
	})}
	go func() { _ = s.Serve(l) }()
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	fmt.Println(asked.Load())
	return s.Close()
}

// askForTrail asks for what a server without a trail refuses, which shows that it was asked.
func askForTrail(path string) error {
	c := control.Dial(path)
	defer c.Close()
	for _, err := range c.Trail().Records(context.Background(), audit.Query{}) {
		if refused, ok := errors.AsType[*control.Error](err); ok {
			fmt.Println(refused.Code)
			return nil
		}
		return err
	}
	return errors.New("there is a trail")
}

// A player is a role that runs.
type player struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

// play starts a role, and returns it with its first line.
func play(t *testing.T, role string, as account, path string) (*player, string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can start a process as another user")
	}
	p := &player{cmd: exec.CommandContext(context.Background(), os.Args[0], asAnother, role, strconv.Itoa(as.uid), strconv.Itoa(as.gid), path)}
	p.cmd.Stderr = os.Stderr
	p.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // it would wait a second for reports of others
	var err error
	p.stdin, err = p.cmd.StdinPipe()
	must(t, err)
	stdout, err := p.cmd.StdoutPipe()
	must(t, err)
	p.lines = bufio.NewScanner(stdout)
	must(t, p.cmd.Start())
	t.Cleanup(func() { p.end() })
	p.lines.Scan()
	return p, p.lines.Text()
}

// end ends the role, and returns what it says at the end.
func (p *player) end() string {
	_ = p.stdin.Close()
	var rest []string
	for p.lines.Scan() {
		rest = append(rest, p.lines.Text())
	}
	_ = p.cmd.Wait() // a second time, it is an error
	return strings.Join(rest, "\n")
}

// starts starts a server or an impostor.
func starts(t *testing.T, role string, as account, path string) *player {
	t.Helper()
	p, said := play(t, role, as, path)
	if said != "ready" {
		t.Fatalf("the %s does not start: %s", role, said)
	}
	return p
}
