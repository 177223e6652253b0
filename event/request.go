package event

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Context returns the context of r, from which a stream also learns what it may know of r. It costs no
// allocation. It must not be used after the request has been answered.
func Context(r *http.Request) context.Context { return (*requestContext)(r) }

// A requestContext is a request as a context. Wrapping one in a context value would cost an allocation
// for each request.
type requestContext http.Request

type requestKey struct{}

func (c *requestContext) ctx() context.Context { return (*http.Request)(c).Context() }

// Deadline implements [context.Context].
func (c *requestContext) Deadline() (time.Time, bool) { return c.ctx().Deadline() }

// Done implements [context.Context].
func (c *requestContext) Done() <-chan struct{} { return c.ctx().Done() }

// Err implements [context.Context].
func (c *requestContext) Err() error { return c.ctx().Err() }

// Value implements [context.Context].
func (c *requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return (*http.Request)(c)
	}
	return c.ctx().Value(key)
}

// WithRequest returns a copy of ctx with that request in it, for work that goes on after the request of
// [Context] has been answered.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// Request returns what s may know of the request in ctx.
func (s *Stream) Request(ctx context.Context) Request {
	switch r := ctx.Value(requestKey{}).(type) {
	case Request:
		return r
	case *http.Request:
		return Request{ID: s.ask("RequestID", s.cfg.RequestID, r), Client: s.ask("Client", s.cfg.Client, r), Method: plain(r.Method), Path: plain(path(r))}
	}
	return Request{}
}

// ask returns the result of a function of the Config for r, or "" if it panics: the work that emits the event, such
// as a revocation, must go on.
func (s *Stream) ask(field string, about func(*http.Request) string, r *http.Request) (answer string) {
	if stack := survive(func() { answer = plain(about(r)) }); stack != nil {
		s.reportPanic(field, stack)
	}
	return answer
}

// path returns the path as the browser asked for it, escaped, so that plain takes nothing away from it.
func path(r *http.Request) string {
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return u.EscapedPath()
	}
	return r.URL.EscapedPath()
}

// peer is the default of Config.Client.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// requestID is the default of Config.RequestID.
func requestID(r *http.Request) string { return r.Header.Get("X-Request-Id") }

// longest is how many bytes of a text from outside an event holds.
const longest = 200

// plain bounds a text from outside, and removes what could forge a line of a log or change how it reads.
func plain(s string) string {
	if len(s) > longest {
		s = s[:longest]
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, s)
}
