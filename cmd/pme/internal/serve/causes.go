package serve

import (
	"cmp"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/go-pme/pme/audit/sqlsink/sqlite"
	"github.com/go-pme/pme/cmd/pme/internal/listen"
	connections "github.com/go-pme/pme/connect/sqlstore/sqlite"
)

// ProblemOf returns the problem that an error is, with a setting. The error says what is wrong, after a colon what to do, and after
// another one perhaps what the system has answered.
func ProblemOf(path string, err error) Problem {
	return newProblem(path, withoutPackage(oneLine(err.Error())), err)
}

// newProblem returns the problem of a text, which is that of err if there is one.
func newProblem(path, text string, err error) Problem {
	text = strings.TrimPrefix(strings.TrimPrefix(text, path+": "), path+" ")
	cause := causeOf(err)
	ours := strings.TrimSuffix(strings.TrimSuffix(text, cause), ": ")
	wrong, remedy, _ := strings.Cut(ours, ": ")
	switch {
	case cause == "" || ours == text:
	case remedy == "":
		wrong = text
	default:
		wrong += ": " + cause
	}
	return Problem{Path: path, Text: wrong, Remedy: cmp.Or(remedy, remedyOf(err)), Passing: inTheWay(err)}
}

// causeOf returns what the system has answered, as err says it.
func causeOf(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Error()
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Error()
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Error()
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number.Error()
	}
	return ""
}

// remedyOf says what to do about an error that does not say so itself.
func remedyOf(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "end the process that listens there, or choose another address"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "choose an address of this machine"
	case errors.Is(err, fs.ErrPermission):
		return "let the user of this process do that, or choose another place"
	case errors.Is(err, fs.ErrNotExist):
		return "make it, or correct the name"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOSPC):
		return "choose a place that can be written to"
	}
	return "docs/gateway.md describes it"
}

// inTheWay reports whether err is that another process has what this one needs. It may end.
func inTheWay(err error) bool {
	_, taken := errors.AsType[listen.Taken](err)
	return taken || errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, sqlite.ErrInUse) || errors.Is(err, connections.ErrInUse)
}
