package handler

import (
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/stream"
	"github.com/go-pme/pme/issuer"
)

const (
	// maxWatched bounds the models of one stream.
	maxWatched = 100

	// maxStreams bounds the streams of one user. The tabs of a browser share one.
	maxStreams = 8
)

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
	streams *stream.Streams
}

// NewWatch makes a Watch. Unlike other endpoints it must not be behind a gate: it asks the gate itself, by require,
// again and again.
func NewWatch(iss *issuer.Issuer, require func(http.Handler) http.Handler) *Watch {
	return &Watch{issuer: iss, require: require, streams: stream.New(maxStreams)}
}

// Close ends all streams. It does not wait for them. It can be called more than once.
func (w *Watch) Close() { stream.Close(w.streams) }

// ServeHTTP implements [http.Handler].
func (w *Watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.require(forPerson(http.MethodGet, func(rw http.ResponseWriter, passed *http.Request, u *identity.User) {
		models, err := watched(u, passed.URL.RawQuery)
		if err != nil {
			refuseModels(rw, passed, err)
			return
		}
		changes := revocations.Listen(w.issuer, u.ID, models)
		defer changes.Stop()
		s := watching{issuer: w.issuer, request: r, models: models, changes: changes, refused: make(map[string]bool), revoked: make(map[string]bool)}
		stream.Serve(w.streams, rw, stream.Page{
			User: u.ID, Request: r, Require: w.require, SignedOut: refusalFor(issuer.ErrNotSignedIn), Changes: changes, Look: s.look,
		})
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
