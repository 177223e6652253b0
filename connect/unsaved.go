package connect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

const (
	// The pauses between attempts to commit an unsaved renewal. The longest is also how long after an outage another
	// replica might still read the old tokens.
	firstPause   = 250 * time.Millisecond
	longestPause = time.Second

	// settleTime is how long other replicas have to commit their unsaved renewals. It exceeds the longest pause.
	settleTime = 2 * time.Second
)

// unsaved are renewals that could not be committed. Matterport may have made the stored tokens void, so they stay in
// memory until the store works again.
type unsaved struct {
	mu       sync.Mutex
	renewals map[store.Key]*renewal
	saving   bool // a goroutine tries to commit them
}

// keep adds a renewal. start means that the caller has to start the goroutine that saves.
func (u *unsaved) keep(k store.Key, n *renewal) (start bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	n.waited = true
	if u.renewals == nil {
		u.renewals = make(map[store.Key]*renewal)
	}
	u.renewals[k] = n
	start, u.saving = !u.saving, true
	return start
}

// drop removes a renewal that was committed or is out of date, unless a newer one has replaced it.
func (u *unsaved) drop(k store.Key, n *renewal) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.renewals[k] == n {
		delete(u.renewals, k)
	}
}

func (u *unsaved) find(k store.Key) *renewal {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.renewals[k]
}

// of returns the renewal of exactly the stored tokens. One of other tokens is out of date.
func (u *unsaved) of(r *store.Record) *renewal {
	n := u.find(r.Key)
	if n == nil || n.fits(r) {
		return n
	}
	u.drop(r.Key, n)
	return nil
}

func (u *unsaved) keys() []store.Key {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Keys(u.renewals))
}

// finished ends the goroutine that saves, unless there is more to do.
func (u *unsaved) finished() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.saving = len(u.renewals) > 0
	return !u.saving
}

// A renewal holds the tokens that Matterport has issued in place of a record's tokens.
type renewal struct {
	replaced  matterport.Secret // the access token that was stored
	connected time.Time         // when the record was connected
	grant     *matterport.OAuthToken
	waited    bool // until it could be committed
}

// fits reports whether n is the renewal of r's tokens. A renewal with a new refresh token also fits a record that another
// replica has marked as lost since then, because Matterport refused the old one. It does not fit if the user has
// connected the account again.
func (n *renewal) fits(r *store.Record) bool {
	return n.replaced == r.AccessToken || r.Reconnect() && n.grant.RefreshToken != "" && n.connected.Equal(r.Connected)
}

// hold keeps a renewal that could not be stored in memory, and commits it as soon as the store works again.
func (c *Connections) hold(k store.Key, n *renewal) {
	if c.unsaved.keep(k, n) {
		c.flights.Go(c.saveInBackground) // when Shutdown has begun, it makes the last attempt
	}
}

// saveInBackground tries again and again until nothing is unsaved. One goroutine does it for all connections, one
// after the other, so that a store that has just recovered is not overloaded.
func (c *Connections) saveInBackground(ctx context.Context) {
	ctx, stop := c.untilClosing(ctx)
	defer stop()
	for pause := firstPause; sleep(ctx, pause); pause = min(2*pause, longestPause) {
		c.saveAll(ctx)
		if c.unsaved.finished() {
			return
		}
	}
}

func (c *Connections) saveAll(ctx context.Context) {
	for _, k := range c.unsaved.keys() {
		if ctx.Err() != nil {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, workTime)
		c.save(ctx, k)
		cancel()
	}
}

// save tries to commit the unsaved renewal of a connection. A failure was logged when the store failed first.
func (c *Connections) save(ctx context.Context, k store.Key) {
	n := c.unsaved.find(k)
	if n == nil {
		return
	}
	err := c.update(ctx, k, func(_ context.Context, r *store.Record) error {
		if !n.fits(r) {
			return errRenewed
		}
		n.apply(r)
		r.Refreshed = c.cfg.Now()
		return nil
	})
	switch {
	case err == nil:
		c.renewedNow(ctx, k, n)
	case errors.Is(err, errRenewed), errors.Is(err, store.ErrNoRecord):
		c.unsaved.drop(k, n)
	}
}

// settled waits after a failure of the store until other replicas have had time to commit their renewals, as the stored
// tokens may be void.
func (c *Connections) settled(ctx context.Context) {
	if left := settleTime - c.store.sinceFailure(); left > 0 {
		sleep(ctx, min(left, settleTime)) // not longer if the clock was set back
	}
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
