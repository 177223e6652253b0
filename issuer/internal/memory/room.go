package memory

import (
	"sync/atomic"

	"github.com/go-pme/pme/issuer/store"
)

// room counts the entries and claims of all users, also those that are over and not yet cleared away.
type room struct {
	cfg   Config
	taken atomic.Int64
}

func (r *room) isFull() bool { return r.taken.Load() >= int64(r.cfg.MaxEntries) }

// take takes the place of one claim, for a user who has that many.
func (r *room) take(has int) error {
	if has >= r.cfg.MaxPerUser {
		return store.ErrUserFull
	}
	if r.taken.Add(1) > int64(r.cfg.MaxEntries) {
		r.taken.Add(-1)
		return store.ErrFull
	}
	return nil
}

func (r *room) add(n int) { r.taken.Add(int64(n)) }
