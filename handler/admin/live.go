package admin

import (
	"context"
	"iter"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer"
)

const (
	freshFor  = 2 * time.Second  // that a list is not made anew, at least
	resting   = 10               // for so many times as long as it took, it is not made anew either
	usableFor = 30 * time.Second // that a list is shown while the next one is made
	listTime  = 30 * time.Second // for making one
	patience  = 10 * time.Second // for waiting for the first one
	atOnce    = 512              // tokens that are listed before others may work
)

// A snapshot is the list of live tokens at one moment, in no order.
type snapshot struct {
	tokens []issuer.Live
	at     time.Time
	took   time.Duration
}

// live has the list of live tokens made in the background, and seldom: going through the store costs more than any request
// for a token.
type live struct {
	scan    func(context.Context) iter.Seq2[issuer.Live, error]
	log     *slog.Logger
	now     func() time.Time
	ctx     context.Context
	end     context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	latest *snapshot // nil before the first
	round  *round    // nil if none is under way
	closed bool
}

// A round makes a snapshot. The fields but done and gone are for whoever has seen done closed.
type round struct {
	done chan struct{}
	made *snapshot
	err  error
	gone []func(issuer.Live) bool // what was revoked in the meantime
}

func newLive(scan func(context.Context) iter.Seq2[issuer.Live, error], log *slog.Logger) *live {
	ctx, end := context.WithCancel(context.Background())
	return &live{scan: scan, log: log, now: time.Now, ctx: ctx, end: end}
}

func (l *live) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.end()
	l.running.Wait()
}

// get returns a recent snapshot. It waits for one if there is none.
func (l *live) get(ctx context.Context) (*snapshot, error) {
	now := l.now()
	l.mu.Lock()
	last := l.latest
	if last != nil && now.Sub(last.at) < max(freshFor, resting*last.took) {
		l.mu.Unlock()
		return last, nil
	}
	current := l.begin()
	l.mu.Unlock()
	if last != nil && now.Sub(last.at) < usableFor {
		return last, nil
	}
	if current == nil {
		return nil, context.Canceled // it is closed
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-current.done:
		return current.made, current.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// begin begins a round if none is under way. It needs l.mu, and returns nil if l is closed.
func (l *live) begin() *round {
	if l.round == nil && !l.closed {
		r := &round{done: make(chan struct{})}
		l.round = r
		l.running.Go(func() { l.run(r) })
	}
	return l.round
}

func (l *live) run(r *round) {
	made, err := l.make()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.log.LogAttrs(l.ctx, slog.LevelWarn, "live tokens not listed", slog.Any("error", err))
	} else {
		for _, gone := range r.gone {
			made.tokens = slices.DeleteFunc(made.tokens, gone)
		}
		l.latest = made
	}
	r.made, r.err, l.round = made, err, nil
	close(r.done)
}

// make goes through the store, and lets others work meanwhile.
func (l *live) make() (made *snapshot, err error) {
	defer rescue.Into(l.log, "the token store", &err)
	ctx, cancel := context.WithTimeout(l.ctx, listTime)
	defer cancel()
	began := l.now()
	var tokens []issuer.Live
	for token, err := range l.scan(ctx) {
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
		if len(tokens)%atOnce == 0 {
			runtime.Gosched()
		}
	}
	return &snapshot{tokens: tokens, at: began, took: l.now().Sub(began)}, nil
}

// forget takes what was revoked out of the list, so that an administrator sees it gone at once.
func (l *live) forget(gone func(issuer.Live) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.round != nil {
		l.round.gone = append(l.round.gone, gone)
	}
	if l.latest != nil {
		rest := slices.DeleteFunc(slices.Clone(l.latest.tokens), gone)
		l.latest = &snapshot{tokens: rest, at: l.latest.at, took: l.latest.took}
	}
}
