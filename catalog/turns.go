package catalog

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/flight"
)

// turns gives each person one listing at a time, which all who ask for the same meanwhile share. A listing runs
// in its own goroutine, so that each caller can leave; when all have left, it is canceled.
type turns struct {
	flights *flight.Group
	mu      sync.Mutex
	taken   map[string]*turn // by the user's ID
}

// turn is a listing in progress. turns.mu guards everything but the outcome.
type turn struct {
	user    *identity.User
	query   string
	callers int // that wait; once the last one has left, no other can join
	shared  bool
	abandon context.CancelFunc

	done    chan struct{} // closed once there is an outcome
	listing Listing
	err     error
}

var errUnfinished = errors.New("catalog: the listing has ended without an outcome")

func newTurns(flights *flight.Group) *turns {
	return &turns{flights: flights, taken: make(map[string]*turn)}
}

// list joins the listing under way if it is the same, or waits for its turn and makes one. It pays before it
// waits, and nothing if it joins at once.
func (t *turns) list(ctx context.Context, u *identity.User, query string, pay func() error, list func(context.Context) (Listing, error)) (Listing, error) {
	ctx, cancel := context.WithTimeout(ctx, maxWaiting)
	defer cancel()
	if joined := t.join(u, query); joined != nil {
		return t.wait(ctx, joined)
	}
	if err := pay(); err != nil {
		return Listing{}, err
	}
	for {
		mine, other := t.enter(ctx, u, query, list)
		if mine != nil {
			return t.wait(ctx, mine)
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return Listing{}, left(ctx)
		}
	}
}

func (t *turns) join(u *identity.User, query string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.joinLocked(u, query)
}

// joinLocked needs t.mu.
func (t *turns) joinLocked(u *identity.User, query string) *turn {
	current := t.taken[u.ID]
	if current == nil || current.callers == 0 || current.query != query || !reflect.DeepEqual(current.user, u) {
		return nil
	}
	current.callers++
	current.shared = true
	return current
}

// enter joins or begins a listing, or returns the other one that has to end first.
func (t *turns) enter(ctx context.Context, u *identity.User, query string, list func(context.Context) (Listing, error)) (mine, other *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if joined := t.joinLocked(u, query); joined != nil {
		return joined, nil
	}
	if other = t.taken[u.ID]; other != nil {
		return nil, other
	}
	life, abandon := context.WithCancel(context.WithoutCancel(ctx))
	mine = &turn{user: u, query: query, callers: 1, abandon: abandon, done: make(chan struct{}), err: errUnfinished}
	t.taken[u.ID] = mine
	if !t.flights.Go(func(closing context.Context) { t.run(life, closing, mine, list) }) {
		abandon()
		delete(t.taken, u.ID)
		mine.err = fmt.Errorf("catalog: %w", flight.ErrClosed)
		close(mine.done)
	}
	return mine, nil
}

// run makes the listing, with the values of the request that began it, until its time is over, all callers have
// left, or the catalog is closed.
func (t *turns) run(life, closing context.Context, mine *turn, list func(context.Context) (Listing, error)) {
	defer t.end(mine)
	defer mine.abandon()
	defer context.AfterFunc(closing, mine.abandon)()
	ctx, cancel := context.WithTimeout(life, maxListing)
	defer cancel()
	mine.listing, mine.err = list(ctx)
}

func (t *turns) end(mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.taken, mine.user.ID)
	close(mine.done)
}

// wait returns the listing, or ends when ctx does.
func (t *turns) wait(ctx context.Context, mine *turn) (Listing, error) {
	select {
	case <-mine.done:
		return t.outcome(mine)
	case <-ctx.Done():
		t.leave(mine)
		return Listing{}, left(ctx)
	}
}

// outcome returns a listing that the caller may keep and change.
func (t *turns) outcome(mine *turn) (Listing, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := mine.listing
	if mine.shared {
		out.Spaces = slices.Clone(out.Spaces)
	}
	return out, mine.err
}

func (t *turns) leave(mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.callers--; mine.callers == 0 {
		mine.abandon()
	}
}

func left(ctx context.Context) error { return fmt.Errorf("catalog: no listing in time: %w", ctx.Err()) }
