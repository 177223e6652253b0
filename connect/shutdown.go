package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/internal/revocations"
)

const (
	// closeTime is how long Close waits for requests that have been sent to Matterport.
	closeTime = 15 * time.Second

	// lastTime bounds the last attempt to commit unsaved renewals if no other time is left.
	lastTime = 2 * time.Second
)

// Close is [Connections.Shutdown] with 15 seconds.
func (c *Connections) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return c.Shutdown(ctx)
}

// Shutdown ends the work of c. From then on c renews and connects no accounts, and waiting callers get an error. Shutdown
// waits for each renewal and each code that has been sent to Matterport, including retries, and commits the result, as
// Matterport may have made the old tokens void. It tries once more to commit renewals that the store could not save.
//
// When ctx ends, Shutdown cancels the remaining requests and returns a [*ShutdownError] that names the accounts. The
// store may take some seconds more for a commit in progress. When Shutdown returns, c has no running goroutines.
//
// Close the HTTP server before, so that no more requests arrive, and the store and the application after. Later calls
// of Shutdown or Close return the same error.
func (c *Connections) Shutdown(ctx context.Context) error {
	revocations.End(&c.counter)
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

// A ShutdownError names the accounts for which the shutdown could not finish the work.
type ShutdownError struct {
	// Unfinished are the accounts with a request to Matterport that was canceled. It is unknown whether Matterport
	// carried it out. The ID is empty for an account that was just being connected.
	Unfinished []store.Key

	// Unsaved are the accounts whose new tokens could not be stored. They may have to be connected again.
	Unsaved []store.Key

	// Err is the error of the context that ended. It is nil if only the store failed.
	Err error
}

func shutdownError(unfinished, unsaved []store.Key, err error) error {
	if len(unfinished)+len(unsaved) == 0 {
		return nil // the canceled work had not been sent to Matterport
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

// untilClosing returns a context that also ends when the shutdown begins, for work that has sent nothing yet.
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
	cutting bool        // the remaining requests are being canceled
	cut     []store.Key // connections that have failed since then
}

func (s *sent) begin(k store.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = append(s.running, k)
}

// end records that the outcome is committed, or that there is none to commit.
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

// cutOff begins to record the connections that fail, once the time for waiting is over.
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

// An ending is the result of a shutdown, which is computed once.
type ending struct {
	once sync.Once
	err  error
}

func (e *ending) report(result func() error) error {
	e.once.Do(func() { e.err = result() })
	return e.err
}
