package member

import (
	"sync"
	"time"
)

// A crowd is who waits in this process: for the other members to apply a revocation, or for a token that another replica
// mints.
type crowd struct {
	mu      sync.Mutex // guards what follows
	waiters map[*waiter]struct{}
	spacing time.Duration // until the next step, while there are waiters
	puts    map[string]*put
}

// A waiter waits until all members have applied a revocation.
type waiter struct {
	at   Position
	done chan bool // true if they have, false if that cannot be told any more
}

func (c *crowd) init() {
	c.waiters = make(map[*waiter]struct{})
	c.puts = make(map[string]*put)
}

func (c *crowd) wait(at Position) *waiter {
	w := &waiter{at: at, done: make(chan bool, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiters[w] = struct{}{}
	c.spacing = 500 * time.Microsecond
	return w
}

func (c *crowd) leave(w *waiter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiters, w)
}

// acknowledged tells those who wait how far all members are.
func (c *crowd) acknowledged(now *standing, least uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.waiters {
		if w.at.Epoch == now.applied.Epoch && w.at.Number <= least {
			w.done <- true
			delete(c.waiters, w)
		}
	}
}

// lost tells those who wait that the epoch of their revocation is over.
func (c *crowd) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.waiters {
		w.done <- false
		delete(c.waiters, w)
	}
}

// pause returns when the next step is due: soon while there are waiters, and then less and less soon.
func (c *crowd) pause(usual time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiters) == 0 {
		return time.After(usual)
	}
	c.spacing = min(2*c.spacing, usual)
	return time.After(c.spacing)
}

// A put is a token of a key that is waited for.
type put struct {
	woken   chan struct{}
	waiting int
}

// put wakes those who wait for a token of that key.
func (c *crowd) put(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.puts[key]; ok {
		close(p.woken)
		delete(c.puts, key)
	}
}

// await returns a channel that is closed once a token of the key has been put, or its claim released. Call leave when
// it is not waited for any more.
func (c *crowd) await(key string) (woken <-chan struct{}, leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.puts[key]
	if !ok {
		p = &put{woken: make(chan struct{})}
		c.puts[key] = p
	}
	p.waiting++
	return p.woken, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if p.waiting--; p.waiting == 0 && c.puts[key] == p {
			delete(c.puts, key)
		}
	}
}
