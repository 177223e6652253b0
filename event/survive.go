package event

import (
	"context"
	"log/slog"
	"runtime/debug"
)

// survive calls f, which is the application's or writes to its log. If f panics, it returns the stack. The value
// is dropped, as it may hold anything.
func survive(f func()) (stack []byte) {
	defer func() {
		if recover() != nil {
			stack = debug.Stack()
		}
	}()
	f()
	return nil
}

// reportPanic logs where a function of the Config panicked.
func (s *Stream) reportPanic(field string, stack []byte) {
	survive(func() {
		s.cfg.Logger.LogAttrs(context.Background(), slog.LevelError, "a function of the event stream's Config panicked",
			slog.String("field", field), slog.String("stack", string(stack)))
	})
}
