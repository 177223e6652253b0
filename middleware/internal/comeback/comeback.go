// Package comeback remembers for a few minutes which browsers were sent to the login, to notice those that come back
// without being signed in.
package comeback

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	places = 1024        // a power of two
	rapid  = time.Second // between two visits of a loop of redirects
)

// A Table has room for 1,024 browsers. A new one displaces another, so that no one can make it grow. What browsers say
// of themselves tells them apart, and people with the same can share a place. It is safe for concurrent use.
type Table struct {
	seed maphash.Seed

	mu       sync.Mutex // guards what follows
	browsers [places]browser
}

type browser struct {
	hash   uint64
	last   time.Time
	rapid  int // visits that came within a second of the one before, without a pause
	warned bool
}

// A Visit is what was known of a browser that is sent to the login once more.
type Visit struct {
	Ago   time.Duration // since it was sent there last
	Rapid int           // how many of its latest visits came within a second of the one before, this one included
}

// New returns an empty table.
func New() *Table { return &Table{seed: maphash.MakeSeed()} }

// Visit notes that the browser of which these texts are known is sent to the login at now. If warn, which is asked
// about what was known before, says true, the browser counts as warned of: warn is not asked of it again until it is
// displaced or was not sent to the login for an hour.
func (t *Table) Visit(now time.Time, warn func(Visit) bool, texts ...string) {
	hash := t.hash(texts)
	t.mu.Lock()
	defer t.mu.Unlock()
	b := &t.browsers[hash%places]
	ago := now.Sub(b.last)
	if b.hash != hash || ago < 0 || ago > time.Hour {
		*b = browser{hash: hash, last: now}
		return
	}
	if b.rapid++; ago > rapid {
		b.rapid = 0
	}
	if !b.warned {
		b.warned = warn(Visit{Ago: ago, Rapid: b.rapid})
	}
	b.last = now
}

func (t *Table) hash(texts []string) uint64 {
	var h maphash.Hash
	h.SetSeed(t.seed)
	for _, text := range texts {
		_, _ = h.WriteString(text)
		_ = h.WriteByte('\n')
	}
	return h.Sum64() | 1 // an empty place has 0
}
