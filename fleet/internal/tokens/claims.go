package tokens

import (
	"sync"
	"time"
)

// mostClaims bounds the claims of others that are remembered.
const mostClaims = 10_000

// claims remembers since when this process has seen the claims of others: no clock but the own one tells that the time of
// one is over.
type claims struct {
	mu   sync.Mutex // guards what follows
	seen map[string]seen
}

type seen struct {
	id    string
	since time.Time
	life  time.Duration
}

func (c *claims) init() { c.seen = make(map[string]seen) }

// saw notes that a key is claimed.
func (c *claims) saw(key, id string, life time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[key].id == id {
		return
	}
	if len(c.seen) >= mostClaims {
		clear(c.seen) // they are seen again
	}
	c.seen[key] = seen{id, time.Now(), life}
}

// over returns the claim of a key that has been seen for longer than it lives.
func (c *claims) over(key string) (id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.seen[key]; ok && time.Since(s.since) > s.life {
		return s.id
	}
	return ""
}

func (c *claims) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seen, key)
}
