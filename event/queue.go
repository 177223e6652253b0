package event

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
)

// A queue holds the events that wait for one listener.
type queue struct {
	listener Listener
	level    slog.Level // the lowest that the listener gets
	logger   *slog.Logger
	ended    chan struct{} // closed when the goroutine has ended

	lost atomic.Int64 // in all

	mu      sync.Mutex // guards what follows
	events  chan Event
	closed  bool
	dropped int // since the last record in the log
}

func newQueue(l Listener, size int, logger *slog.Logger) *queue {
	q := &queue{listener: l, level: levelOf(l), logger: logger, ended: make(chan struct{}), events: make(chan Event, size)}
	go q.run()
	return q
}

func (q *queue) run() {
	defer close(q.ended)
	for e := range q.events {
		if stack := survive(func() { q.listener.Listen(e) }); stack != nil {
			q.reportPanic(e, stack)
		}
		survive(q.reportDropped)
	}
}

func (q *queue) reportPanic(e Event, stack []byte) {
	survive(func() {
		q.logger.LogAttrs(context.Background(), slog.LevelError, "event listener panicked",
			slog.String("event", e.ID), slog.String("stack", string(stack)))
	})
}

// put never waits.
func (q *queue) put(e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	select {
	case q.events <- e:
	default:
		q.dropped++
		q.lost.Add(1)
	}
}

func (q *queue) reportDropped() {
	q.mu.Lock()
	n := q.dropped
	q.dropped = 0
	q.mu.Unlock()
	if n > 0 {
		q.logger.LogAttrs(context.Background(), slog.LevelWarn, "events dropped: a listener is too slow", slog.Int("events", n))
	}
}

func (q *queue) close(ctx context.Context) error {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.events)
	}
	q.mu.Unlock()
	select {
	case <-q.ended:
		q.reportDropped()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
