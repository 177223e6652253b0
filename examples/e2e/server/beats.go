package main

import (
	"net/http"
	"sync"
	"time"
)

// beats are the streams of events that are open. The pages' clock is moved, and the server's timers are not: so the
// streams get a beat whenever time has passed.
type beats struct {
	mu   sync.Mutex
	open map[*beating]bool
}

// A beating is the answer of a stream.
type beating struct {
	http.ResponseWriter
	mu sync.Mutex
}

func (b *beating) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ResponseWriter.Write(data)
}

// FlushError is what [http.ResponseController] looks for.
func (b *beating) FlushError() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return http.NewResponseController(b.ResponseWriter).Flush()
}

// Unwrap is for deadlines.
func (b *beating) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// serve serves a stream that beats.
func (all *beats) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	b := &beating{ResponseWriter: w}
	all.set(b, true)
	defer all.set(b, false)
	next.ServeHTTP(b, r)
}

func (all *beats) set(b *beating, open bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.open == nil {
		all.open = make(map[*beating]bool)
	}
	if delete(all.open, b); open {
		all.open[b] = true
	}
}

// beat writes to all streams that have begun.
func (all *beats) beat() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for b := range all.open {
		if b.Header().Get("Content-Type") != "text/event-stream" {
			continue
		}
		_ = http.NewResponseController(b.ResponseWriter).SetWriteDeadline(time.Now().Add(10 * time.Second)) // the last one may be over
		_, _ = b.Write([]byte(":\n\n"))
		_ = b.FlushError()
	}
}
