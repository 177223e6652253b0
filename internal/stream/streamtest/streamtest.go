// Package streamtest reads streams in the bubbles of tests (package synctest).
package streamtest

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// A Tape is a browser that reads a stream.
type Tape struct {
	mu     sync.Mutex
	header http.Header
	status int
	text   strings.Builder
	ended  bool
	leave  context.CancelFunc
}

var _ http.Flusher = (*Tape)(nil)

// Read sends a request to h. The Tape reads until the answer ends, or the test does.
func Read(t *testing.T, h http.Handler, r *http.Request) *Tape {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	b := &Tape{header: make(http.Header), leave: leave}
	go func() {
		h.ServeHTTP(b, r.WithContext(ctx))
		b.mu.Lock()
		defer b.mu.Unlock()
		b.ended = true
	}()
	synctest.Wait()
	return b
}

// Leave ends the request as a browser does.
func (b *Tape) Leave() { b.leave() }

// Status returns the status of the answer, or 0 if none was written.
func (b *Tape) Status() int { return b.status }

// Header implements [http.ResponseWriter].
func (b *Tape) Header() http.Header { return b.header }

// WriteHeader implements [http.ResponseWriter].
func (b *Tape) WriteHeader(status int) { b.status = status }

// Flush implements [http.Flusher].
func (b *Tape) Flush() {}

// Write implements [http.ResponseWriter].
func (b *Tape) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

// Want reports an error unless exactly these events have come since the last call, and the stream has ended or not.
// Beats do not count.
func (b *Tape) Want(t *testing.T, what, want string, ended bool) {
	t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	text := strings.TrimPrefix(strings.ReplaceAll(b.text.String(), ":\n\n", ""), "retry: 3000\n\n")
	b.text.Reset()
	if diff := cmp.Diff(want, text); diff != "" || b.ended != ended {
		t.Errorf("%s: ended %t (-want +got):\n%s", what, b.ended, diff)
	}
}
