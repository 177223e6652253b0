package handler

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/drain"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/sse"
	"github.com/go-pme/pme/issuer"
)

const (
	// maxWatched bounds the models of one stream.
	maxWatched = 100

	// maxStreams bounds the streams of one user. The tabs of a browser share one.
	maxStreams = 8

	// reconnect is when a browser connects again after a stream has ended.
	reconnect = 3 * time.Second

	// beat is the time between two questions whether the user is still signed in and allowed. It also keeps proxies
	// from closing an idle connection.
	beat = 25 * time.Second
)

// tooManyStreams refuses a user who has too many streams open. The browser asks for tokens in turn then.
var tooManyStreams = answer.Refusal{
	Status: http.StatusTooManyRequests, Code: "temporarily_unavailable",
	Text: "You have opened many spaces in a short time. Please wait a moment.", Retry: time.Minute,
}

// noStreams refuses a stream behind a middleware that buffers answers.
var noStreams = answer.Refusal{Status: http.StatusNotImplemented, Code: "not_supported", Text: "This server cannot send events."}

// Watch answers GET ?modelId=ID with a stream of server-sent events that tells a page at once what happens to the
// access of its user. Repeat modelId for several models; without one, the stream is about the sign-in only.
//
//	event: refused
//	data: {"modelId":"…","error":"access_denied","error_description":"…"}
//
// says that the user may no longer see the model. With the error login_required and without modelId it says that the
// user is no longer signed in, and ends the stream.
//
//	event: renew
//	data: {"modelId":"…"}
//
// says that a token was revoked while the user may see the model, or that the user may see it again. The page should
// ask for a token.
//
// An event is a hint: tokens are refused or issued by [Token] alone. Events have no token in them. Before each one
// the gate and the policy are asked again, and every 25 seconds in any case. If the gate or the policy fails, the
// stream says nothing. What another process revokes is noticed within these 25 seconds.
//
// A user has at most 8 streams. The stream ends when its [http.Server] shuts down, and on [Watch.Close]. If a
// middleware buffers the answer, Watch answers 501. It is safe for concurrent use.
type Watch struct {
	issuer  *issuer.Issuer
	require func(http.Handler) http.Handler
	group   *drain.Group

	mu      sync.Mutex
	streams map[string]int // of each user
}

// NewWatch makes a Watch. Unlike other endpoints it must not be behind a gate: it asks the gate itself, by require,
// again and again.
func NewWatch(iss *issuer.Issuer, require func(http.Handler) http.Handler) *Watch {
	return &Watch{issuer: iss, require: require, group: drain.New(), streams: make(map[string]int)}
}

// Close ends all streams. It does not wait for them. It can be called more than once.
func (w *Watch) Close() { w.group.Close() }

// ServeHTTP implements [http.Handler].
func (w *Watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.require(forPerson(http.MethodGet, func(rw http.ResponseWriter, passed *http.Request, u *identity.User) {
		models, err := watched(u, passed.URL.RawQuery)
		if err != nil {
			refuseModels(rw, passed, err)
			return
		}
		if r.Method == http.MethodHead {
			sse.Headers(rw.Header())
			return
		}
		if !w.enter(u.ID) {
			tooManyStreams.Write(rw)
			return
		}
		defer w.leave(u.ID)
		w.stream(rw, r, u, models)
	})).ServeHTTP(rw, r)
}

// watched returns the models that a query names, each once.
func watched(u *identity.User, query string) ([]string, error) {
	models, err := answer.ModelIDs(nil, query)
	if err != nil {
		return nil, issuer.ErrInvalid
	}
	if len(models) == 0 {
		return nil, nil
	}
	key, err := issuer.KeyOf(u, models, maxWatched)
	if err != nil {
		return nil, err
	}
	return key.List(), nil
}

// enter reports whether the user may have one stream more.
func (w *Watch) enter(user string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.streams[user] >= maxStreams {
		return false
	}
	w.streams[user]++
	return true
}

func (w *Watch) leave(user string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.streams[user]--; w.streams[user] == 0 {
		delete(w.streams, user)
	}
}

// stream writes events until the browser leaves, the server shuts down, or the user is signed out.
func (w *Watch) stream(rw http.ResponseWriter, r *http.Request, u *identity.User, models []string) {
	changes := revocations.Listen(w.issuer, u.ID, models)
	defer changes.Stop()
	shutdown := w.group.Shutdown(r.Context())
	out, err := sse.Start(rw, reconnect)
	if err != nil {
		if errors.Is(err, http.ErrNotSupported) {
			noStreams.Write(rw)
		}
		return
	}
	s := watching{Watch: w, request: r, user: u.ID, models: models, out: out, refused: make(map[string]bool), revoked: make(map[string]bool)}
	beats := time.NewTicker(beat)
	defer beats.Stop()
	for goOn := s.look(models); goOn; { // at first too: the user may have been signed out just before Listen
		select {
		case <-changes.C:
			for _, model := range changes.Revoked() {
				s.revoked[model] = true
			}
			goOn = out.Beat() == nil && s.look(models)
		case <-beats.C:
			goOn = out.Beat() == nil && s.look(s.open())
		case <-shutdown:
			return
		case <-w.group.Closed:
			return
		case <-r.Context().Done():
			return
		}
	}
}
