// Package sse writes server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
package sse

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// patience is how long a write may take before the browser counts as gone.
const patience = 10 * time.Second

// A Writer writes events to one answer. Only one goroutine may use it.
type Writer struct {
	w    http.ResponseWriter
	conn *http.ResponseController
	now  func() time.Time
}

var headers = map[string]string{
	"Content-Type":           "text/event-stream",
	"Cache-Control":          "no-store, no-transform",
	"X-Content-Type-Options": "nosniff",
	"X-Accel-Buffering":      "no", // nginx would buffer the stream
}

// Headers sets the headers of a stream.
func Headers(h http.Header) {
	for name, value := range headers {
		h.Set(name, value)
	}
}

// Start begins the answer, and tells the browser after which time to connect again if the stream ends. The error
// is http.ErrNotSupported if w buffers what is written, such as a middleware that cannot be flushed. Then nothing
// has been written yet.
func Start(w http.ResponseWriter, retry time.Duration) (*Writer, error) {
	s := &Writer{w, http.NewResponseController(w), time.Now}
	_ = s.conn.SetReadDeadline(time.Time{}) // of http.Server.ReadTimeout, which would end the request
	Headers(w.Header())
	if err := s.conn.Flush(); err != nil {
		for name := range headers {
			w.Header().Del(name)
		}
		return nil, fmt.Errorf("sse: the answer cannot be flushed: %w", err)
	}
	return s, s.write("retry: %d\n\n", retry.Milliseconds())
}

// Event writes an event. The data is one line. An error means that the browser is gone.
func (s *Writer) Event(name string, data []byte) error {
	return s.write("event: %s\ndata: %s\n\n", name, data)
}

// Beat writes a comment, so that proxies do not close an idle connection. An error means that the browser is gone.
func (s *Writer) Beat() error { return s.write(":\n\n") }

func (s *Writer) write(format string, arguments ...any) error {
	// It also lifts http.Server.WriteTimeout, which would end the stream.
	if err := s.conn.SetWriteDeadline(s.now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("sse: %w", err)
	}
	if _, err := fmt.Fprintf(s.w, format, arguments...); err != nil {
		return fmt.Errorf("sse: %w", err)
	}
	if err := s.conn.Flush(); err != nil {
		return fmt.Errorf("sse: %w", err)
	}
	return nil
}
