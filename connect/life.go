package connect

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

const (
	// longestLife is the longest that access tokens can be set to live at Matterport (docs/matterport.md §5).
	longestLife = 24 * time.Hour

	// slack is how much more than its life a stored token may seem to have left, as clocks are corrected.
	slack = time.Minute
)

// lives knows how long access tokens live: as long as was asked for or has been granted here, whichever is
// longer. Before the first grant of an application that asks for nothing, that is Matterport's limit.
type lives struct {
	asked   time.Duration
	granted atomic.Int64
}

func (l *lives) grant(life time.Duration) {
	for {
		old := l.granted.Load()
		if int64(life) <= old || l.granted.CompareAndSwap(old, int64(life)) {
			return
		}
	}
}

func (l *lives) longest() time.Duration {
	return cmp.Or(max(l.asked, time.Duration(l.granted.Load())), longestLife)
}

// token says how much the record's access token is still worth: nothing while the time at Matterport is not
// known, and nothing if it seems to have more left than tokens live. Then the record or the clock is wrong.
func (c *Connections) token(r *store.Record) Token {
	t := Token{AccessToken: r.AccessToken, ValidUntil: r.ValidUntil}
	now, known := c.app.ServerTime()
	left, longest := r.ValidUntil.Sub(now), c.lives.longest()
	if known && left <= longest+slack {
		t.ExpiresIn = int(min(left, longest) / time.Second)
	}
	return t
}

// first lets one caller go ahead of the others while the time at Matterport is not known: Matterport's answer will
// tell, and most of the others need no renewal then. It is called before a renewal, and done after it. No
// caller waits longer than patience: the renewal ahead may be in trouble of its own.
func (c *Connections) first(ctx context.Context, r *store.Record) (done func()) {
	if c.timeKnown() {
		return func() {}
	}
	ctx, stop := c.untilClosing(ctx)
	defer stop()
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case c.ahead <- struct{}{}:
		done = func() { <-c.ahead }
	case <-enough.C:
		return func() {}
	case <-ctx.Done():
		return func() {}
	}
	if !c.timeKnown() {
		c.learnTime(ctx, r)
	}
	if c.timeKnown() {
		done()
		return func() {}
	}
	return done
}

// learnTime asks Matterport something with a stored access token. Its answer tells the time, whether or not it takes
// the token. A renewal would tell it too, but must not be made for a token that is still good.
func (c *Connections) learnTime(ctx context.Context, r *store.Record) {
	calls := limited{Key: r.Key, calls: true}
	if c.quietly(calls) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := c.app.Models(ctx, r.AccessToken, matterport.ModelQuery{PageSize: 1}) // the client logs a failure
	c.heed(calls, err)
}

func (c *Connections) timeKnown() bool {
	_, known := c.app.ServerTime()
	return known
}
