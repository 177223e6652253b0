package tokens

import (
	"context"
	"errors"
	"sync"

	"github.com/go-pme/pme/issuer/store"
)

// reads lets callers that ask for the same share calls to Redis: one call runs, and those who come meanwhile share the next
// one. None gets an answer to a call that began before it asked: what was revoked in between could be in it.
type reads struct {
	mu    sync.Mutex // guards what follows, and the fields of rounds but done and turn
	lines map[read]*line
}

// A read is what callers ask for. Marks differ in what they may get.
type read struct {
	key  store.Key
	mark store.Mark
}

// A line is a call that runs, and those who wait for the next one.
type line struct{ next *round }

// A round is the callers that share a call.
type round struct {
	waiting int
	turn    chan struct{} // has a value for the one who makes the call
	done    chan struct{} // closed when there is an answer
	entry   *store.Entry
	err     error
}

func newRound() *round { return &round{turn: make(chan struct{}, 1), done: make(chan struct{})} }

func (r *reads) init() { r.lines = make(map[read]*line) }

// do returns the answer of a call that begins after do was called.
func (r *reads) do(ctx context.Context, what read, call func() (*store.Entry, error)) (*store.Entry, error) {
	mine := r.join(what)
	select {
	case <-mine.turn:
		return r.lead(what, mine, call)
	case <-mine.done:
		if errors.Is(mine.err, context.Canceled) || errors.Is(mine.err, context.DeadlineExceeded) {
			return call() // the one who made the call has left
		}
		return mine.entry, mine.err
	case <-ctx.Done():
		r.leave(what, mine)
		return nil, ctx.Err()
	}
}

func (r *reads) join(what read) *round {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.lines[what]
	if l == nil {
		r.lines[what] = new(line)
		first := newRound()
		first.turn <- struct{}{}
		return first
	}
	if l.next == nil {
		l.next = newRound()
	}
	l.next.waiting++
	return l.next
}

// lead makes the call of a round, and then gives the next round its turn.
func (r *reads) lead(what read, mine *round, call func() (*store.Entry, error)) (*store.Entry, error) {
	r.mu.Lock()
	l := r.lines[what]
	if l.next == mine {
		l.next = nil // who comes from now on is too late for this call
	}
	r.mu.Unlock()
	mine.entry, mine.err = call()
	close(mine.done)
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.next != nil && l.next.waiting > 0 {
		l.next.turn <- struct{}{}
		return mine.entry, mine.err
	}
	delete(r.lines, what)
	return mine.entry, mine.err
}

// leave leaves a round, and ends the line if it was the turn of a round that all have left.
func (r *reads) leave(what read, mine *round) {
	r.mu.Lock()
	defer r.mu.Unlock()
	mine.waiting--
	if l := r.lines[what]; mine.waiting == 0 && l != nil && l.next == mine && len(mine.turn) == 1 {
		delete(r.lines, what)
	}
}
