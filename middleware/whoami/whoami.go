// Package whoami makes a gate for a host application in any language, with whatever login: it asks the host who is
// signed in.
//
// The gate passes the cookie of the host's session on to an address of the host, and the host answers as it would to
// the browser:
//
//	GET /whoami HTTP/1.1
//	Cookie: session=…
//
//	HTTP/1.1 200 OK
//	Content-Type: application/json
//
//	{"id": "42", "email": "alice@example.com", "email_verified": true, "groups": ["staff"], "name": "Alice"}
package whoami

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/memo"
	"github.com/go-pme/pme/middleware"
)

// New makes a gate that asks the host who is signed in. It touches no network, and reports everything that is wrong
// with cfg. Close the gate to end questions in progress.
//
// # The question
//
// It is a GET with the named cookies and headers of the request, and with nothing else of it. A request that has none
// of them is unauthenticated, without a question. If there are several cookies of one name, all are passed on
// in their order, so that the host decides as on its own pages. More than 8 KiB of them, a header that
// occurs twice, and control characters are answered with 400.
//
// For one credential, one question is asked at a time, whose answer all waiting requests get. It goes on when their
// clients leave. The host must be one that trusts no network address: whoever sends a request causes a question
// that comes from this process.
//
// # The answer
//
//   - 200 with a JSON object (RFC 8259) of the type application/json, of at most 64 KiB: a signed-in user.
//   - 401, 403 and 204: an unauthenticated request. The event of the refused request says which.
//   - Everything else is an error, and the request gets 503: other statuses, redirects, which are not
//     followed, what cannot be read, and no answer within Timeout. The event says what is wrong, without a value.
//
// The members of the object are below. Only id is required; null is as left out. Another type, a name that
// occurs twice, control and invisible characters, and texts of more than 255 bytes (1,024 in groups) are errors. Other members
// are ignored, and so are cookies that the host sets.
//
//   - id: a text that is stable, unique and never reused. No login may let users choose it.
//   - email, email_verified: a text, and true only if the host has checked that the address is the user's. An address
//     that is not well formed is left out.
//   - groups: an array of texts.
//   - name: a text to show, which is cleaned.
//   - session: a text that names the session, for [pme.Handler.RevokeSession]. It must not be the session's cookie,
//     but can be a hash of it. Default: a hash of all that was passed on, so that the user has new tokens after
//     each change of it.
//   - signed_in_at, authenticated_at: when the session began, and when the user last proved who they are, in
//     seconds since 1970 or as RFC 3339 writes it. See SignedInAt and AuthenticatedAt of [identity.User].
//
// # What is remembered
//
// An answer with a user is remembered for Remember, or less if its Cache-Control (RFC 9111) says so: not at all with
// no-store and no-cache. That there is no user is remembered for at most a second, and asked again whenever a page is
// opened, as users come back from the login with the cookie that they had. At most 8,192 answers of each
// kind are remembered, under a keyed hash of the credential, and never the credential itself. Errors are not
// remembered.
//
// [middleware.Gate.Invalidate] drops what is remembered of a user. An answer to a question that was asked before is
// not given to requests that came after. A session that goes on at the host is recognized again then: end it there first.
//
// [pme.Handler.RevokeSession]: https://pkg.go.dev/github.com/go-pme/pme#Handler.RevokeSession
func New(cfg Config) (*middleware.Gate, error) {
	cfg = cfg.withDefaults()
	wrong := cfg.validate()
	r := newRecognizer(cfg)
	gate, err := middleware.New(r, middleware.Config{
		LoginURL: cfg.LoginURL, ReturnParam: cfg.ReturnParam, Revocations: cfg.Revocations, SessionLifetime: cfg.SessionLifetime,
		Events: cfg.Events, Logger: cfg.Logger,
	})
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	return gate, nil
}

const (
	// rememberStranger is how long it is remembered that a credential stands for no user.
	rememberStranger = time.Second

	// waitingPerTurn is how many questions may wait for each that is asked.
	waitingPerTurn = 16
)

// recognizer implements [middleware.Recognizer].
type recognizer struct {
	cfg       Config
	keyed     *sync.Pool // of hashes
	client    *http.Client
	flights   *flight.Group
	turns     chan struct{} // has one for each question that is asked
	waiting   atomic.Int64
	people    *memo.Table[struct{}]
	strangers *memo.Table[error] // apart, so that a flood of forged cookies displaces no user
	health    condition.Condition
	told      atomic.Bool // that the host forbids to remember its answers
}

func newRecognizer(cfg Config) *recognizer {
	return &recognizer{
		cfg: cfg, keyed: newKeyed(),
		client: newClient(cfg.HTTPClient, cfg.Limit), flights: flight.New(cfg.Logger),
		turns: make(chan struct{}, min(max(cfg.Limit, 1), maxLimit)), people: memo.New[struct{}](), strangers: memo.New[error](),
	}
}

// Recognize implements [middleware.Recognizer].
func (h *recognizer) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	c, err := h.cfg.credentialOf(r)
	switch {
	case err != nil:
		return nil, err
	case len(c) == 0:
		return nil, errNoCredential
	}
	key := c.key(h.keyed)
	if out := h.remembered(r, key); out != nil {
		return out.user, out.none
	}
	return h.ask(r.Context(), key, c)
}

// remembered returns the last answer for the credential with that key, or nil.
func (h *recognizer) remembered(r *http.Request, key string) *outcome {
	now := h.cfg.Now()
	if e := h.people.Find(key); e != nil && now.Before(e.Until) {
		return &outcome{user: e.User}
	}
	if e := h.strangers.Find(key); e != nil && now.Before(e.Until) && !answer.IsNavigation(r) {
		return &outcome{none: e.Proof}
	}
	return nil
}

// ask joins the question for that key, or asks it. After an Invalidate it is another question.
func (h *recognizer) ask(ctx context.Context, key string, c credential) (*identity.User, error) {
	begun := h.people.Begin()
	answered := h.flights.Ask(key+strconv.FormatUint(uint64(begun), 10), h.cfg.Timeout, func(ctx context.Context) (any, error) {
		return h.question(ctx, key, c, begun)
	})
	select {
	case result := <-answered:
		if out, ok := result.Val.(*outcome); ok && result.Err == nil {
			return out.user, out.none
		}
		return nil, fmt.Errorf("whoami: %w", result.Err) // never nil then
	case <-ctx.Done():
		return nil, fmt.Errorf("whoami: the client has left before the host answered: %w", ctx.Err())
	}
}

// Sought says by what the recognizer finds a user.
func (h *recognizer) Sought() string {
	var all []string
	for _, name := range h.cfg.Cookies {
		all = append(all, part{cookie: true, name: name}.String())
	}
	for _, name := range h.cfg.Headers {
		all = append(all, part{name: name}.String())
	}
	return strings.Join(all, " or ")
}

// Invalidate implements [middleware.Invalidator].
func (h *recognizer) Invalidate(userID string) {
	h.people.Invalidate(userID)
	if userID == "" {
		h.strangers.Clear()
	}
}

// Close implements [io.Closer].
func (h *recognizer) Close() error {
	h.flights.Close()
	h.client.CloseIdleConnections()
	return nil
}

// HealthParts implements [health.Reporter].
func (h *recognizer) HealthParts() []health.Part { return []health.Part{h.health.Part("host")} }
