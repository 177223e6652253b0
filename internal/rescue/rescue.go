// Package rescue keeps a panic in the application's code, such as its policy, its store or its transport, from
// ending the process. In a request net/http does that. In a goroutine of this project it has to be done here.
package rescue

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
)

// Call calls f and reports whether it returned. If f panics, Call logs where it did: what names the work, and
// the stack shows the place. The value is left out, as there is no telling what it contains.
//
// Call returns even if the logger panics too.
func Call(log *slog.Logger, what string, f func()) (returned bool) {
	defer func() {
		if recover() != nil {
			Report(log, what)
		}
	}()
	f()
	return true
}

// ErrPanicked is the error of work that panicked.
var ErrPanicked = errors.New("panicked: the log says where")

// Into makes a panic of the function that defers it an error of that function, and logs as Call does:
//
//	defer rescue.Into(log, "the policy", &err)
//
// It costs next to nothing if there is no panic.
func Into(log *slog.Logger, what string, err *error) {
	if recover() != nil {
		Report(log, what)
		*err = ErrPanicked
	}
}

// Report logs a panic that the caller has just recovered. It does not panic itself: it runs where nothing else
// recovers.
func Report(log *slog.Logger, what string) {
	defer func() { _ = recover() }()
	log.LogAttrs(context.Background(), slog.LevelError, "panic recovered", slog.String("in", what), slog.String("stack", string(debug.Stack())))
}
