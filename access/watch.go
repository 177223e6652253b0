package access

import (
	"log/slog"
	"slices"
	"sync"

	"github.com/go-pme/pme/internal/rescue"
)

var _ Watcher = (*File)(nil)

// Watch implements [Watcher]: changed is called after each accepted change of the file, once the new list
// is in force.
// It is called by the goroutine that checks the file, one call at a time and without holding a lock. It may
// register and stop callbacks. While it runs, no further change is noticed. It must not call [File.Close]. It is
// not called for the first read of the file. A panic in it is logged, and the other callbacks are still called.
//
// stop unregisters changed, and can be called more than once. It does not wait: changed may still be called, or
// still be running, for a change accepted just before. A nil changed is ignored.
func (f *File) Watch(changed func()) (stop func()) {
	if changed == nil {
		return func() {}
	}
	return f.watchers.add(changed)
}

// watchers are callbacks in the order of their registration.
type watchers struct {
	mu  sync.Mutex
	all []*func()
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
	w.mu.Lock()
	all := slices.Clone(w.all)
	w.mu.Unlock()
	for _, callback := range all {
		rescue.Call(log, "a callback of Watch", *callback)
	}
}
