package simulation_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// A policy changes, and remembers what it has allowed when.
type policy struct {
	w *world

	mu       sync.Mutex // guards what follows
	history  map[[2]string][]decision
	watching map[int]func()
	watchers int
}

// A decision holds from its tick on.
type decision struct {
	tick    int64
	allowed bool
}

func newPolicy(w *world) *policy {
	p := &policy{w: w, history: make(map[[2]string][]decision), watching: make(map[int]func())}
	for _, user := range people {
		for _, model := range models {
			p.history[[2]string{user, model}] = []decision{{0, w.chance(4) > 0}}
		}
	}
	return p
}

// Allowed implements [access.Policy].
func (p *policy) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	if p.w.troubled.Load() {
		switch p.w.chance(20) {
		case 0:
			panic("the policy panics: " + secretPanic)
		case 1:
			return true, errors.New("the directory is down")
		case 2:
			select { // it takes its time
			case <-time.After(time.Duration(p.w.chance(2000)) * time.Millisecond):
			case <-ctx.Done():
				return false, ctx.Err()
			}
		}
	}
	return p.now(u.ID, model), nil
}

// Grants implements [access.Policy].
func (p *policy) Grants(context.Context, *identity.User) (access.Grants, error) {
	return access.Grants{Open: true}, nil
}

// Watch implements [access.Watcher].
func (p *policy) Watch(changed func()) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watchers++
	id := p.watchers
	p.watching[id] = changed
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watching, id)
	}
}

func (p *policy) now(user, model string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.history[[2]string{user, model}]
	return len(all) > 0 && all[len(all)-1].allowed
}

// change turns one decision round, and tells the issuers.
func (p *policy) change(user, model string) {
	p.mu.Lock()
	key := [2]string{user, model}
	all := p.history[key]
	p.history[key] = append(all, decision{p.w.tick(), !all[len(all)-1].allowed})
	p.mu.Unlock()
	p.tell()
}

func (p *policy) tell() {
	p.mu.Lock()
	var all []func()
	for _, f := range p.watching {
		all = append(all, f)
	}
	p.mu.Unlock()
	for _, f := range all {
		f()
	}
}

// allowedDuring reports whether the policy allowed it at some time between two ticks.
func (p *policy) allowedDuring(user, model string, from, to int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.history[[2]string{user, model}]
	for i, d := range all {
		ends := to
		if i+1 < len(all) {
			ends = all[i+1].tick
		}
		if d.allowed && d.tick <= to && ends >= from {
			return true
		}
	}
	return false
}
