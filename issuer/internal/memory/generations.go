package memory

import (
	"time"

	"github.com/go-pme/pme/issuer/store"
)

// How many evictions a shard remembers, and for how long. A request that began before one which is
// forgotten counts as evicted.
const (
	maxGenerations = 4096
	generationLife = time.Hour
)

// generations remembers the position of the latest eviction of each thing that a selector can name.
type generations struct {
	of    map[store.Selector]uint64
	order []eviction // oldest first
	floor uint64     // the latest position that is forgotten
}

type eviction struct {
	what store.Selector
	at   uint64
	when moment
}

func newGenerations() generations { return generations{of: make(map[store.Selector]uint64)} }

func (g *generations) add(s store.Selector, at uint64, now moment) {
	g.of[s] = max(g.of[s], at)
	g.order = append(g.order, eviction{s, at, now})
	for len(g.order) > maxGenerations || now-g.order[0].when > generationLife {
		g.forget(g.order[0])
		g.order = g.order[1:]
	}
}

func (g *generations) forget(e eviction) {
	g.floor = max(g.floor, e.at)
	if g.of[e.what] == e.at {
		delete(g.of, e.what)
	}
}

// since reports whether key was evicted after position.
func (g *generations) since(key store.Key, position uint64) bool {
	if position < g.floor {
		return true
	}
	later := func(s store.Selector) bool { return g.of[s] > position }
	if later(store.Selector{All: true}) ||
		later(store.Selector{User: key.User}) || later(store.Selector{User: key.User, Session: key.Session}) {
		return true
	}
	for _, model := range key.List() {
		if later(store.Selector{Model: model}) ||
			later(store.Selector{User: key.User, Model: model}) ||
			later(store.Selector{User: key.User, Session: key.Session, Model: model}) {
			return true
		}
	}
	return false
}
