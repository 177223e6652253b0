package access

import (
	"log/slog"
	"slices"
	"sync"

	"github.com/go-pme/pme/internal/rescue"
)

// watchers are callbacks in the order of their registration.
type watchers struct {
	mu  sync.Mutex
	all []*func()

	calling sync.Mutex // one call at a time
}

func (w *watchers) add(callback func()) (remove func()) {
	registered := &callback
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, registered)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = slices.DeleteFunc(w.all, func(c *func()) bool { return c == registered })
	}
}

// call calls all callbacks. If one panics, it still calls the others, which revoke tokens.
func (w *watchers) call(log *slog.Logger) {
	w.calling.Lock()
	defer w.calling.Unlock()
	w.mu.Lock()
	all := slices.Clone(w.all)
	w.mu.Unlock()
	for _, callback := range all {
		rescue.Call(log, "a callback of Watch", *callback)
	}
}
