package audit

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/rescue"
)

const (
	batch      = 256              // records that are stored at once
	appendTime = 10 * time.Second // for one call of a sink
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// The errors of a grant that is not recorded.
var (
	errFull   = errors.New("too many records wait for this sink")
	errClosed = errors.New("the trail is closed")
)

// A waiting record is one that is not stored yet.
type waiting struct {
	record  Record
	done    chan<- error // gets the result of the first attempt; nil if no one waits
	givenUp *atomic.Bool // no sink has stored it in time, so that it is no longer true; nil if no one waits
}

// A writer writes the records for one sink, in a goroutine of its own.
type writer struct {
	sink  Sink
	log   *slog.Logger
	now   func() time.Time
	queue chan waiting
	ended chan struct{}

	lost      atomic.Int64 // since the last record that says so
	lostInAll atomic.Int64
	stored    atomic.Int64
	condition condition.Condition

	stuck atomic.Bool // the sink fails, and much is pending: a grant would wait in vain

	mu       sync.Mutex // guards what follows
	closed   bool
	bulk     []waiting // the ends of many stretches at once, for which the queue has no room
	closing  []Anchor  // of chains that are closed
	newest   Anchor
	anchored Anchor // what anchors returned last of newest

	chain   chain     // of what is stored; only the goroutine uses it
	pending []waiting // not stored yet, likewise
}

func newWriter(cfg Config, sink Sink, now func() time.Time) *writer {
	w := &writer{
		sink: sink, log: cfg.Logger, now: now, chain: newChain(cfg.ChainKey, now()),
		queue: make(chan waiting, cfg.Queue), ended: make(chan struct{}),
	}
	w.pending = []waiting{{record: own(now(), TrailBegan)}}
	return w
}

// put never waits. It fails if the record is not taken.
func (w *writer) put(item waiting) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	if item.done != nil && w.stuck.Load() {
		return errFull
	}
	select {
	case w.queue <- item:
		return nil
	default:
	}
	if item.record.Kind == event.SpaceViewed && len(w.bulk) < mostStretches {
		w.bulk = append(w.bulk, item) // the queue is full, so run is awake
		return nil
	}
	if item.done == nil {
		w.lose()
	}
	return errFull
}

// lose counts a record that is not taken.
func (w *writer) lose() {
	w.lost.Add(1)
	w.lostInAll.Add(1)
}

// takeBulk moves records from bulk to those pending.
func (w *writer) takeBulk() {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.bulk), batch-len(w.pending))
	if n <= 0 {
		return
	}
	w.pending = append(w.pending, w.bulk[:n]...)
	if w.bulk = w.bulk[n:]; len(w.bulk) == 0 {
		w.bulk = nil
	}
}

// close has run end once everything is stored that waits.
func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
}

// run stores what waits until the queue is closed and empty, or ctx ends. A sink that fails is asked again and again.
func (w *writer) run(ctx context.Context) {
	defer close(w.ended)
	pause := firstPause
	for open := true; (open || len(w.pending) > 0) && ctx.Err() == nil; {
		w.takeBulk()
		if open {
			open = w.take(len(w.pending) == 0)
		}
		w.takeBulk()
		if err := w.store(ctx); err == nil {
			pause = firstPause
			continue
		}
		w.rest(ctx, pause, open)
		pause = min(2*pause, lastPause)
	}
}

// rest waits before the next attempt, but not longer than until someone waits for a record.
func (w *writer) rest(ctx context.Context, pause time.Duration, open bool) {
	over := time.After(pause)
	for {
		queue := w.queue
		if !open || len(w.pending) >= batch {
			queue = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case item, open := <-queue:
			if !open {
				return // take sees it
			}
			w.pending = append(w.pending, item)
			if item.done != nil {
				return
			}
		}
	}
}

// take moves records from the queue to those pending. If wait is set, it waits for one. It returns false if the queue is
// closed and empty.
func (w *writer) take(wait bool) bool {
	for len(w.pending) < batch {
		if !wait {
			select {
			case item, open := <-w.queue:
				if !open {
					return false
				}
				w.pending = append(w.pending, item)
				continue
			default:
				return true
			}
		}
		item, open := <-w.queue
		if !open {
			return false
		}
		w.pending, wait = append(w.pending, item), false
	}
	return true
}

// store has the sink store what is pending, and tells those who wait. After an error, it remains pending.
func (w *writer) store(ctx context.Context) error {
	w.dropGivenUp()
	err := w.turn(ctx)
	var records []Record
	var next chain
	if err == nil {
		records, next, err = w.linked()
	}
	if err == nil && len(records) > 0 {
		err = w.call(ctx, records)
	}
	for i, item := range w.pending {
		if item.done != nil {
			item.done <- err
			w.pending[i].done = nil
		}
	}
	w.note(ctx, err)
	w.stuck.Store(err != nil && len(w.pending) >= batch)
	if err != nil {
		return err
	}
	w.pending = w.pending[:0]
	if len(records) == 0 {
		return nil
	}
	w.advance(next, len(records))
	return nil
}

// advance takes in that records are stored.
func (w *writer) advance(next chain, records int) {
	w.chain = next
	w.stored.Add(int64(records))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.newest = Anchor{Chain: next.id, Number: next.number, Hash: next.hash, Time: w.now().UTC()}
}

// turn closes the chain and begins the next one on another day, so that a chain can expire as a whole.
func (w *writer) turn(ctx context.Context) error {
	now := w.now()
	if w.chain.number == 0 || w.chain.day == dayOf(now) {
		return nil
	}
	ended := w.chain
	last, err := ended.add(own(now, TrailClosed))
	if err == nil {
		err = w.call(ctx, []Record{last})
	}
	if err != nil {
		return err
	}
	w.advance(ended, 1)
	w.mu.Lock()
	w.closing = append(w.closing, w.newest)
	w.mu.Unlock()
	w.chain = ended.after(now)
	began := own(now, TrailBegan)
	began.After = ended.id
	w.pending = slices.Insert(w.pending, 0, waiting{record: began})
	return nil
}

// dropGivenUp forgets records whose users were told that there is no token.
func (w *writer) dropGivenUp() {
	kept := w.pending[:0]
	for _, item := range w.pending {
		if item.givenUp == nil || !item.givenUp.Load() {
			kept = append(kept, item)
		}
	}
	w.pending = kept
}

// linked returns what is pending as records of the chain, and the chain after them.
func (w *writer) linked() (records []Record, next chain, err error) {
	next = w.chain
	if n := w.lost.Swap(0); n > 0 {
		lost := own(w.now(), RecordsLost)
		lost.Count = int(n)
		w.pending = slices.Insert(w.pending, w.beginning(), waiting{record: lost})
	}
	for _, item := range w.pending {
		if item.record.Kind == "" {
			continue // it only has turn called
		}
		r, err := next.add(item.record)
		if err != nil {
			return nil, w.chain, err
		}
		records = append(records, r)
	}
	return records, next, nil
}

// beginning is the place behind the record that a chain begins with.
func (w *writer) beginning() int {
	if len(w.pending) > 0 && w.pending[0].record.Kind == TrailBegan {
		return 1
	}
	return 0
}

// call calls the sink. If it panics, that is an error.
func (w *writer) call(ctx context.Context, records []Record) (err error) {
	defer rescue.Into(w.log, "an audit sink", &err)
	ctx, cancel := context.WithTimeout(ctx, appendTime)
	defer cancel()
	return w.sink.Append(ctx, records) //nolint:wrapcheck // it is logged
}

// note logs when the sink begins and ceases to fail.
func (w *writer) note(ctx context.Context, err error) {
	failed := w.condition.Check(ctx) != nil
	switch {
	case err != nil && !failed:
		w.condition.Degraded(healthSink)
		rescue.Call(w.log, "the log", func() {
			w.log.LogAttrs(ctx, slog.LevelError, "audit sink fails; records wait for it", slog.Any("error", err))
		})
	case err == nil && failed:
		w.condition.Well()
		rescue.Call(w.log, "the log", func() {
			w.log.LogAttrs(ctx, slog.LevelInfo, "audit sink stores records again")
		})
	}
}

// anchors returns the newest record that is stored of each chain that has new ones since the last call.
func (w *writer) anchors() []Anchor {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.closing
	w.closing = nil
	if n := len(all); n > 0 && all[n-1].Chain == w.newest.Chain || w.newest == w.anchored {
		return all
	}
	w.anchored = w.newest
	return append(all, w.newest)
}
