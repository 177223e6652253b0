package tokens

import (
	"log/slog"
	"runtime/debug"
	"sync"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/issuer/store"
)

// Listeners are the functions that are called for each revocation of tokens. They implement
// [member.Cache].
type Listeners struct {
	logger *slog.Logger

	mu        sync.Mutex // guards what follows
	functions map[int]func(store.Selector)
	next      int
}

func (t *Listeners) add(f func(store.Selector)) (stop func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.functions == nil {
		t.functions = make(map[int]func(store.Selector))
	}
	id := t.next
	t.next++
	t.functions[id] = f
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.functions, id)
	}
}

// Apply implements [member.Cache].
func (t *Listeners) Apply(r *member.Record, _ uint64) {
	switch {
	case r.Forget:
		t.call(store.Selector{})
	case r.Tokens != nil:
		t.call(*r.Tokens)
	}
}

// Reset implements [member.Cache].
func (t *Listeners) Reset(member.Position) { t.call(store.Selector{}) }

func (t *Listeners) call(s store.Selector) {
	t.mu.Lock()
	var all []func(store.Selector)
	for _, f := range t.functions {
		all = append(all, f)
	}
	t.mu.Unlock()
	for _, f := range all {
		t.callOne(f, s)
	}
}

// callOne keeps a panic of a function from ending the process.
func (t *Listeners) callOne(f func(store.Selector), s store.Selector) {
	defer func() {
		if p := recover(); p != nil {
			t.logger.Error("panic recovered", slog.String("in", "a function of OnEvict"), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		}
	}()
	f(s)
}

// OnEvict implements [store.Notifier].
func (s *Store) OnEvict(f func(store.Selector)) (stop func()) { return s.listeners.add(f) }

// Listeners is what a member has to tell what is revoked, after the cache.
func (s *Store) Listeners() *Listeners { return &s.listeners }
