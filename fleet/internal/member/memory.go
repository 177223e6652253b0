package member

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

const (
	mostRemembered = 100_000
	batch          = 500 // generations that one script announces
)

// memory is what this process remembers of revocations, to announce it when the store may have lost it.
type memory struct {
	mu    sync.Mutex // guards what follows
	ends  map[subject]remembered
	lossy bool // some are forgotten
}

// A subject is what a revocation names. Its name in the store is made anew for each announcement: whoever begins again with an
// empty store makes other names.
type subject struct {
	tokens  store.Selector
	session string
}

type remembered struct {
	position Position // zero if until counts
	until    int64
	hasUntil bool
	expires  time.Time // on the own clock
}

func (m *memory) init() { m.ends = make(map[subject]remembered) }

// add remembers a record at its position. Records may come twice, and in another order than that of their positions.
func (m *memory) add(r *Record, at Position, history History) {
	what, ok := r.subject()
	if !ok {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	end := m.ends[what]
	switch {
	case r.Until != 0 && (!end.hasUntil || r.Until > end.until):
		end.until, end.hasUntil = r.Until, true
	case r.Until == 0 && !history.Later(end.position, at):
		end.position = at
	}
	if expires := time.Now().Add(r.life()); expires.After(end.expires) {
		end.expires = expires
	}
	m.ends[what] = end
	if len(m.ends) > mostRemembered {
		m.purge()
	}
}

// purge drops what has expired, and if that is too little, some of the rest.
func (m *memory) purge() {
	now := time.Now()
	for what, end := range m.ends {
		if end.expires.Before(now) {
			delete(m.ends, what)
		}
	}
	for what := range m.ends {
		if len(m.ends) <= mostRemembered*9/10 {
			return
		}
		if what.tokens.All {
			continue // it stands for more than all others together
		}
		delete(m.ends, what)
		m.lossy = true
	}
}

// missed notes that there was a revocation that this process cannot remember.
func (m *memory) missed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lossy = true
}

// announcements returns the generations and arguments of the script announce, in batches.
func (m *memory) announcements(n *vault.Names) (names, args [][]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var keys, values []string
	flush := func() {
		names, args = append(names, keys), append(args, values)
		keys, values = nil, nil
	}
	for what, end := range m.ends {
		left := end.expires.Sub(now).Milliseconds()
		if left <= 0 {
			continue
		}
		position, until := "", ""
		if end.position.Epoch != "" {
			position = end.position.String()
		}
		if end.hasUntil {
			until = strconv.FormatInt(end.until, 10)
		}
		keys, values = append(keys, what.name(n)), append(values, position, until, strconv.FormatInt(left, 10))
		if len(keys) == batch {
			flush()
		}
	}
	flush() // also if there is none: the other members shall forget what they have cached
	return names, args
}

// announce writes what this process remembers into the store, and then has the other members empty their caches.
func (m *Member) announce(ctx context.Context, history History) error {
	names, args := m.memory.announcements(m.Names())
	for i := range names {
		keys := []string{m.cfg.Space.Fleet(), m.cfg.Space.log()}
		for _, name := range names[i] {
			keys = append(keys, m.cfg.Space.Generation(name))
		}
		entry := ""
		if i == len(names)-1 {
			entry = (&Record{Forget: true}).seal(m.cfg.Keys)
		}
		first := []string{rand.Text()[:8], entry, strconv.Itoa(logLength), m.cfg.Space.Channel(), strings.Join(history, ",")}
		if _, _, err := m.cfg.Conn.RunAnyway(ctx, script.Announce, keys, append(first, args[i]...)); err != nil {
			return err
		}
	}
	return nil
}
