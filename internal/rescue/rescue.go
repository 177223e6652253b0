// Package rescue keeps a panic in the application's code, such as its policy, its store or its transport, from
// ending the process. In a request net/http does that. In a goroutine of this project nobody else would.
package rescue

import (
	"context"
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
			report(log, what, debug.Stack())
		}
	}()
	f()
	return true
}

// report must not panic: it runs where nothing else recovers.
func report(log *slog.Logger, what string, stack []byte) {
	defer func() { _ = recover() }()
	log.LogAttrs(context.Background(), slog.LevelError, "panic recovered", slog.String("in", what), slog.String("stack", string(stack)))
}
