package connect

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

// A Request says what a user wants to connect.
type Request struct {
	// Connection is the ID of the connection to connect again. It may become another account than before: the
	// user chooses it at Matterport, and this is not checked. Empty: a new connection.
	Connection string

	// Label names a new connection: at most 100 characters on one line, in any script and with emoji. Invisible
	// characters and those that change the order in which text is shown are refused. It may be empty.
	Label string
}

// An Attempt is an attempt to connect that has begun.
type Attempt struct {
	ID           string            // comes back in the callback
	Proof        matterport.Secret // for a cookie of this browser that scripts cannot read
	AuthorizeURL string            // where to send the person
	Ends         time.Time         // on the clock of Config.Now
	Life         time.Duration     // from Begin to Ends
}

// Begin begins an attempt of u. Tell the person before they leave what the application asks for, and which
// of it can cost them money (see [matterport.Scope.Charged]).
func (c *Connections) Begin(ctx context.Context, u *identity.User, req Request) (*Attempt, error) {
	if err := c.authorize(ctx, u); err != nil {
		return nil, err
	}
	label, err := readLabel(req.Label)
	if err != nil {
		return nil, err
	}
	if err := c.spend(ctx, u.ID); err != nil {
		return nil, err
	}
	if err := c.roomFor(ctx, u, req); err != nil {
		return nil, err
	}
	now := c.cfg.Now()
	a := &Attempt{ID: rand.Text(), Proof: matterport.Secret(rand.Text()), Ends: now.Add(attemptLife), Life: attemptLife}
	verifier := rand.Text() + rand.Text() // 43 to 128 characters (RFC 7636 §4.1)
	a.AuthorizeURL = c.app.AuthorizeURL(a.ID, verifier)
	err = c.store.Begin(ctx, &store.PendingAuthorization{
		ID: a.ID, User: u.ID, Connection: req.Connection, Label: label,
		Proof: sha256.Sum256([]byte(a.Proof)), Verifier: matterport.Secret(verifier), Ends: a.Ends,
	}, maxAttempts, now)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "connecting began", slog.String("user", u.ID), slog.Bool("again", req.Connection != ""))
	return a, nil
}

// roomFor checks in advance what Finish would otherwise refuse after the person has been at Matterport.
func (c *Connections) roomFor(ctx context.Context, u *identity.User, req Request) error {
	if req.Connection != "" {
		_, err := c.find(ctx, u, req.Connection)
		return err
	}
	list, err := c.list(ctx, u)
	if err == nil && len(list) >= c.cfg.MaxPerUser {
		err = ErrTooMany
	}
	return err
}

// maxParameter is the longest parameter of a callback that is accepted, in bytes.
const maxParameter = 4096

// A Callback holds the parameters of a callback from Matterport.
type Callback struct {
	Attempt     string // the attempt's ID, from the redirect URI's own query or from the state
	Code        string // RFC 6749 §4.1.2
	Error       string // RFC 6749 §4.1.2.1
	Description string // of the error
}

// ReadCallback reads the query of a callback. ok is false if the query names no attempt or two different ones, if a
// parameter occurs twice (RFC 6749 §3.1), is too long, or has characters that OAuth does not allow in it (RFC 6749,
// appendix A). The description of an error may have any characters.
func ReadCallback(query url.Values) (cb Callback, ok bool) {
	var state string
	for _, parameter := range []struct {
		name string
		to   *string
	}{
		{"attempt", &cb.Attempt}, {"state", &state}, {"code", &cb.Code}, {"error", &cb.Error}, {"error_description", &cb.Description},
	} {
		values := query[parameter.name]
		if len(values) > 1 || len(values) == 1 && len(values[0]) > maxParameter {
			return Callback{}, false
		}
		if *parameter.to = query.Get(parameter.name); parameter.to != &cb.Description && !visible(*parameter.to) {
			return Callback{}, false
		}
	}
	if cb.Attempt != "" && state != "" && cb.Attempt != state {
		return Callback{}, false
	}
	if cb.Attempt == "" {
		cb.Attempt = state
	}
	if cb.Attempt == "" {
		return Callback{}, false
	}
	return cb, true
}

// visible reports whether a text has printable ASCII characters only: RFC 6749's *VSCHAR.
func visible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// take returns and ends the attempt that the callback belongs to, if u began it in this browser within
// attemptLife. It does not end an attempt of another user or another browser.
func (c *Connections) take(ctx context.Context, u *identity.User, cb Callback, proof string) (*store.PendingAuthorization, error) {
	if cb.Attempt == "" {
		return nil, c.refuseAttempt(ctx, u, "the callback names no attempt, or more than one")
	}
	if proof == "" {
		return nil, c.refuseAttempt(ctx, u, "never begun in this browser")
	}
	a, err := c.store.Take(ctx, cb.Attempt, u.ID, sha256.Sum256([]byte(proof)))
	switch {
	case errors.Is(err, store.ErrNoRecord):
		return nil, c.refuseAttempt(ctx, u, "never begun, used before, or over for long")
	case errors.Is(err, store.ErrNotTheirs):
		return nil, c.refuseAttempt(ctx, u, "begun by another user or in another browser")
	case err != nil:
		return nil, c.failed(ctx, err)
	case !c.cfg.Now().Before(a.Ends):
		return nil, c.refuseAttempt(ctx, u, "begun too long ago")
	}
	return a, nil
}

func (c *Connections) refuseAttempt(ctx context.Context, u *identity.User, problem string) error {
	c.refuse(ctx, u.ID, "attempt_over", problem)
	return ErrAttemptOver
}
