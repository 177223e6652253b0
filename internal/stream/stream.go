// Package stream tells pages by server-sent events what happens to the access of their users. Packages handler and
// accounts say what there is to tell.
package stream

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/drain"
	"github.com/go-pme/pme/internal/sse"
)

const (
	// reconnect is when a browser connects again after a stream has ended.
	reconnect = 3 * time.Second

	// beat is the time between two questions whether the user is still signed in and allowed. It also keeps proxies
	// from closing an idle connection.
	beat = 25 * time.Second
)

// tooMany refuses a user who has too many streams open. The browser asks for tokens in turn then, and for a stream again after 40
// seconds.
var tooMany = answer.Refusal{
	Status: http.StatusTooManyRequests, Code: "temporarily_unavailable",
	Text: "You have opened many spaces in a short time. Please wait a moment.", Retry: 30 * time.Second,
}

// Unsupported refuses a stream where there can be none, such as behind a middleware that buffers answers.
var Unsupported = answer.Refusal{Status: http.StatusNotImplemented, Code: "not_supported", Text: "This server cannot send events."}

// Streams are the streams of one handler. The handler may embed them under a name that is not exported: they have no
// exported methods. They are safe for concurrent use.
type Streams struct {
	most  int
	group *drain.Group

	mu   sync.Mutex
	open map[string]int // of each user
}

// New makes Streams, of which each user may have at most most.
func New(most int) *Streams {
	return &Streams{most: most, group: drain.New(), open: make(map[string]int)}
}

// A Holder is [Streams], or whatever embeds them.
type Holder interface{ streams() *Streams }

func (s *Streams) streams() *Streams { return s }

// Close ends all streams, also those that begin later. It does not wait for them. It can be called more than once.
func Close(h Holder) { h.streams().group.Close() }

// Serve answers the request of a page. The stream ends when the browser leaves, when the server of the request shuts
// down, on [Close], or when the user is no longer signed in. If the answer cannot be flushed, it is [Unsupported].
func Serve(h Holder, w http.ResponseWriter, p Page) {
	s := h.streams()
	if p.Request.Method == http.MethodHead {
		sse.Headers(w.Header())
		return
	}
	if !s.enter(p.User) {
		tooMany.Write(w)
		return
	}
	defer s.leave(p.User)
	s.run(w, p)
}

// enter reports whether the user may have one stream more.
func (s *Streams) enter(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[user] >= s.most {
		return false
	}
	s.open[user]++
	return true
}

func (s *Streams) leave(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[user]--; s.open[user] == 0 {
		delete(s.open, user)
	}
}

func (s *Streams) run(w http.ResponseWriter, p Page) {
	ctx := p.Request.Context()
	shutdown := s.group.Shutdown(ctx)
	out, err := sse.Start(w, reconnect)
	if err != nil {
		if errors.Is(err, http.ErrNotSupported) {
			Unsupported.Write(w)
		}
		return
	}
	beats := time.NewTicker(beat)
	defer beats.Stop()
	for goOn := p.look(true, out); goOn; { // at first too: the user may have been signed out just before
		select {
		case <-p.Changes.C:
			goOn = out.Beat() == nil && p.look(true, out)
		case <-beats.C:
			goOn = out.Beat() == nil && p.look(false, out)
		case <-p.Changes.Ended:
			return
		case <-shutdown:
			return
		case <-s.group.Closed:
			return
		case <-ctx.Done():
			return
		}
	}
}
