package whoami

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/memo"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
)

// Unauthenticated probes show these words.
const (
	healthSilent = health.Degraded("the application does not answer who is signed in")
	healthOdd    = health.Degraded("the application's answer to who is signed in cannot be used")
)

var (
	errBusy = errors.New("too many questions to the host are waiting: it is slow, or many sessions are new at once")

	// unauthenticated tells the operator which status it was: a host behind a proxy may not have meant it.
	unauthenticated = map[int]error{
		http.StatusUnauthorized: fmt.Errorf("%w: the host answers 401", middleware.ErrNotSignedIn),
		http.StatusForbidden:    fmt.Errorf("%w: the host answers 403", middleware.ErrNotSignedIn),
		http.StatusNoContent:    fmt.Errorf("%w: the host answers 204", middleware.ErrNotSignedIn),
	}
)

// An outcome is an answer of the host that can be used: a user, or an error that wraps ErrNotSignedIn.
type outcome struct {
	user *identity.User
	none error
}

// newClient returns a client that follows no redirect. The cookies of base are not used.
func newClient(base *http.Client, limit int) *http.Client {
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if base != nil {
		c.Transport = base.Transport
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{ // no Proxy: a session is the business of no other program
			ForceAttemptHTTP2: true, DisableCompression: true,
			MaxIdleConnsPerHost: limit, IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	return c
}

// newQuestion has nothing of the request that caused it but c.
func (h *recognizer) newQuestion(ctx context.Context, c credential) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.cfg.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("the host cannot be asked: %w", err)
	}
	c.writeTo(r.Header)
	r.Host = h.cfg.Host
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "pme")
	return r, nil
}

// question asks the host, when it is its turn, and remembers the answer. begun is from before.
func (h *recognizer) question(ctx context.Context, key string, c credential, begun memo.Generation) (*outcome, error) {
	if err := h.turn(ctx); err != nil {
		return nil, err
	}
	defer func() { <-h.turns }()
	asked := h.cfg.Now()
	out, fresh, err := h.hear(ctx, c)
	if err != nil {
		return nil, err
	}
	if h.cfg.Remember > 0 && fresh == 0 && !h.told.Swap(true) {
		h.cfg.Logger.InfoContext(ctx, "the host forbids to remember who is signed in, so it is asked for each request: see its Cache-Control")
	}
	switch {
	case fresh == 0:
	case out.user != nil:
		h.people.Keep(begun, key, out.user, asked.Add(fresh), struct{}{})
	default:
		h.strangers.Keep(h.strangers.Begin(), key, new(identity.User), asked.Add(min(fresh, rememberStranger)), out.none)
	}
	return out, nil
}

// turn waits until a question may be asked.
func (h *recognizer) turn(ctx context.Context) error {
	select {
	case h.turns <- struct{}{}:
		return nil
	default:
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > int64(waitingPerTurn*h.cfg.Limit) {
		return errBusy
	}
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errBusy
	}
}

// hear asks the host, and notes how it does.
func (h *recognizer) hear(ctx context.Context, c credential) (*outcome, time.Duration, error) {
	r, err := h.newQuestion(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	res, err := h.client.Do(r)
	var body []byte
	if err == nil {
		body, err = read(res)
	}
	if err != nil {
		h.health.Note(ctx, err, healthSilent)
		return nil, 0, fmt.Errorf("the host does not answer: %s", h.why(err))
	}
	out, err := judge(res, body, c, h.cfg.Now())
	h.health.Note(ctx, err, healthOdd)
	if err != nil {
		return nil, 0, fmt.Errorf("the host's answer cannot be used: %w", err)
	}
	return out, freshness(res.Header, h.cfg.Remember), nil
}

// read reads a body to its end, so that the connection can be used again, but no more than an answer may have.
func read(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	return io.ReadAll(io.LimitReader(res.Body, maxAnswer+1)) //nolint:wrapcheck // hear says what it is about
}

// why leaves out what package net/http says of the address, whose query could be one that is not for the log.
func (h *recognizer) why(err error) string {
	var ofClient *url.Error
	if errors.As(err, &ofClient) {
		err = ofClient.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no complete answer within " + h.cfg.Timeout.String()
	}
	return provider.Brief(err)
}

// judge says what an answer means.
func judge(res *http.Response, body []byte, c credential, now time.Time) (*outcome, error) {
	if none := unauthenticated[res.StatusCode]; none != nil {
		return &outcome{none: none}, nil
	}
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return nil, fmt.Errorf("it is the redirect %d: the URL must be the exact address, and answer 401 instead of a redirect to the login", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("its status is %d, and must be 200 or 401", res.StatusCode)
	case len(body) > maxAnswer:
		return nil, errors.New("it is longer than 64 KiB")
	}
	u, err := parse(res.Header.Get("Content-Type"), body, now)
	switch {
	case err != nil:
		return nil, err
	case u.Session == "":
		u.Session = c.session()
	case c.has(u.Session):
		return nil, errors.New("session is what the browser proves its session with, which must not be stored: answer a hash of it, or leave it out")
	}
	return &outcome{user: u}, nil
}
