package revocations

import (
	"maps"
	"slices"
	"sync"
)

// A Listener hears of revocations that concern one user and some models. It is safe for concurrent use.
type Listener struct {
	// C gets a value when something may have changed for the user: tokens were revoked, or the policy has changed.
	// Several changes may be one value.
	C <-chan struct{}

	// Ended is closed by [End]: there will be no more changes.
	Ended <-chan struct{}

	wake   chan struct{}
	end    func()
	stop   func()
	models []string

	mu      sync.Mutex
	revoked map[string]bool // since the last call of Revoked
}

// Listen returns a Listener. Stop it when it is no longer needed.
func Listen(c Counted, user string, models []string) *Listener {
	wake, ended := make(chan struct{}, 1), make(chan struct{})
	l := &Listener{
		C: wake, Ended: ended, wake: wake, end: sync.OnceFunc(func() { close(ended) }),
		models: models, revoked: make(map[string]bool),
	}
	audience := &c.counter().audience
	audience.add(user, l)
	l.stop = sync.OnceFunc(func() { audience.remove(user, l) })
	return l
}

// Stop ends the listening. It can be called more than once.
func (l *Listener) Stop() { l.stop() }

// Revoked returns the models of which tokens were revoked since the last call, in the order of Listen.
func (l *Listener) Revoked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var models []string
	for _, model := range l.models {
		if l.revoked[model] {
			models = append(models, model)
		}
	}
	clear(l.revoked)
	return models
}

// hear tells l that tokens for the model were revoked, or for any model if it is empty.
func (l *Listener) hear(model string) {
	l.mu.Lock()
	for _, own := range l.models {
		if model == "" || model == own {
			l.revoked[own] = true
		}
	}
	l.mu.Unlock()
	l.notify()
}

func (l *Listener) notify() {
	select {
	case l.wake <- struct{}{}:
	default: // it has not seen the last one yet
	}
}

// Listening returns how many listeners of the user listen for one of the models, in this process.
func Listening(c Counted, user string, models []string) (n int) {
	if user == "" {
		return 0
	}
	for _, l := range c.counter().audience.of(user) {
		if slices.ContainsFunc(l.models, func(model string) bool { return slices.Contains(models, model) }) {
			n++
		}
	}
	return n
}

// Tell tells the listeners of the user that tokens for the model were revoked, or may have been. The empty user
// stands for all users, and the empty model for all models.
func Tell(c Counted, user, model string) {
	TellHere(c, user, model)
	for _, relay := range c.counter().audience.relaysNow() {
		relay(user)
	}
}

// TellHere is Tell for what other processes know already: relays do not hear of it.
func TellHere(c Counted, user, model string) {
	for _, l := range c.counter().audience.of(user) {
		l.hear(model)
	}
}

// Relay has f called with the user of each Tell, for the listeners in other processes. f is quick.
func Relay(c Counted, f func(user string)) (stop func()) {
	a := &c.counter().audience
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.relays == nil {
		a.relays = make(map[*func(string)]struct{})
	}
	a.relays[&f] = struct{}{}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.relays, &f)
	}
}

// Changed tells all listeners that the policy has changed.
func Changed(c *Counter) {
	for _, l := range c.audience.of("") {
		l.notify()
	}
}

// End tells all listeners, also those that come later, that there will be no more changes.
func End(c *Counter) {
	c.audience.mu.Lock()
	c.audience.ended = true
	c.audience.mu.Unlock()
	for _, l := range c.audience.of("") {
		l.end()
	}
}

// An audience is the listeners of each user.
type audience struct {
	mu     sync.Mutex
	users  map[string]map[*Listener]struct{}
	relays map[*func(string)]struct{}
	ended  bool
}

func (a *audience) relaysNow() []func(string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []func(string)
	for f := range a.relays {
		all = append(all, *f)
	}
	return all
}

func (a *audience) add(user string, l *Listener) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.users == nil {
		a.users = make(map[string]map[*Listener]struct{})
	}
	if a.users[user] == nil {
		a.users[user] = make(map[*Listener]struct{})
	}
	a.users[user][l] = struct{}{}
	if a.ended {
		l.end()
	}
}

func (a *audience) remove(user string, l *Listener) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.users[user], l)
	if len(a.users[user]) == 0 {
		delete(a.users, user)
	}
}

// of returns the listeners of the user, or all if the ID is empty.
func (a *audience) of(user string) []*Listener {
	a.mu.Lock()
	defer a.mu.Unlock()
	if user != "" {
		return slices.Collect(maps.Keys(a.users[user]))
	}
	var all []*Listener
	for _, listeners := range a.users {
		all = slices.AppendSeq(all, maps.Keys(listeners))
	}
	return all
}
