package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/connect/store"
)

const (
	// closeTime is how long Close waits for what has been sent to Matterport.
	closeTime = 15 * time.Second

	// lastTime bounds the last attempt to commit what the store has not taken, if no time is left.
	lastTime = 2 * time.Second
)

// Close is [Connections.Shutdown] with 15 seconds.
func (c *Connections) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return c.Shutdown(ctx)
}

// Shutdown ends the work of c. Nothing is renewed or connected any more, and what only waits is given up. A renewal or
// a code that has been sent to Matterport is waited for, with its repeats, and what it brings is committed: Matterport
// may have made the old tokens void. What the store has not taken before is tried once more.
//
// When ctx ends, the rest is cut off. Then the error is a [*ShutdownError], which says for which accounts. The store
// may take some seconds more for a commit in progress, but no goroutine of c is left when Shutdown returns.
//
// Close the HTTP server before, so that no request comes in between, and the store and the application after. The
// error is the same each time that Shutdown or Close is called again.
func (c *Connections) Shutdown(ctx context.Context) error {
	err := c.flights.Drain(ctx)
	c.sent.cutOff(err)
	c.flights.Close()
	return c.ending.report(func() error {
		c.saveAll(ctx)
		if ctx.Err() != nil {
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
			defer cancel()
			c.saveAll(last)
		}
		return shutdownError(c.sent.list(), c.unsaved.keys(), err)
	})
}

// A ShutdownError says what an orderly end could not wait for.
type ShutdownError struct {
	// Unfinished are the accounts for which a request had been sent to Matterport that was cut off. Whether Matterport
	// has answered it is not known. The ID is empty for an account that was just being connected.
	Unfinished []store.Key

	// Unsaved are the accounts whose new tokens the store did not take. They may have to be connected again.
	Unsaved []store.Key

	// Err is the error of the context that ended. It is nil if only the store failed.
	Err error
}

func shutdownError(unfinished, unsaved []store.Key, err error) error {
	if len(unfinished)+len(unsaved) == 0 {
		return nil // what did not end in time had not been sent
	}
	return &ShutdownError{Unfinished: unfinished, Unsaved: unsaved, Err: err}
}

// Error names the connections by their IDs. It contains no token.
func (e *ShutdownError) Error() string {
	var parts []string
	if n := len(e.Unfinished); n > 0 {
		parts = append(parts, fmt.Sprintf("requests to Matterport cut off: %d (%s)", n, ids(e.Unfinished)))
	}
	if n := len(e.Unsaved); n > 0 {
		parts = append(parts, fmt.Sprintf("renewals that the store did not take: %d (%s)", n, ids(e.Unsaved)))
	}
	text := "connect: shutdown: " + strings.Join(parts, ", ") + "; these accounts may have to be connected again"
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err, for errors.Is.
func (e *ShutdownError) Unwrap() error { return e.Err }

// ids lists the first IDs of keys.
func ids(keys []store.Key) string {
	const most = 10
	var list []string
	for _, k := range keys[:min(most, len(keys))] {
		if k.ID == "" {
			list = append(list, "a new account")
			continue
		}
		list = append(list, k.ID)
	}
	if len(keys) > most {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

// untilClosing returns a context that also ends when the shutdown begins: for what waits, and has sent nothing.
func (c *Connections) untilClosing(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		select {
		case <-c.flights.Closing():
			cancel()
		case <-ended:
		}
	}()
	return ctx, sync.OnceFunc(func() { close(ended); cancel() })
}

// sent are the connections for which a request has been sent to Matterport whose outcome must be committed.
type sent struct {
	mu      sync.Mutex
	running []store.Key
	cutting bool        // the rest is being cut off
	cut     []store.Key // what has failed since then
}

func (s *sent) begin(k store.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = append(s.running, k)
}

// end takes in that the outcome is committed, or that there is none to commit.
func (s *sent) end(k store.Key, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.running, k); i >= 0 {
		s.running = slices.Delete(s.running, i, i+1)
	}
	if s.cutting && err != nil {
		s.cut = append(s.cut, k)
	}
}

// cutOff begins to take note of what fails, if the time for waiting is over.
func (s *sent) cutOff(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutting = s.cutting || err != nil
}

func (s *sent) list() []store.Key {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.cut)
}

// An ending is the result of a shutdown, which is worked out once.
type ending struct {
	once sync.Once
	err  error
}

func (e *ending) report(result func() error) error {
	e.once.Do(func() { e.err = result() })
	return e.err
}
