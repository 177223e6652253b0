package matterport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"time"
)

// How much of an answer is read, in bytes. A page of 1000 models is the one long answer there is.
const (
	maxBody      = 1 << 20
	maxModelPage = 8 << 20
)

// answer is what came back for one request, read whole.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	tooLong bool // the body was longer than its limit and was discarded

	start, end time.Time // the local moments of the request, and of the answer's headers
	started    time.Time // the server's time at start, as far as it was known without this answer
}

// exchange makes one request within the time of one attempt, and reads the answer. Its errors are about
// the connection only: any answer that arrives whole is returned. It may be a
// proxy's, so nothing is learned from its headers here.
func (u *upstream) exchange(op string, req *http.Request, limit int64) (*answer, *Error) {
	caller := req.Context()
	ctx, cancel := context.WithTimeout(withOperation(caller, op), u.attemptTimeout)
	defer cancel()

	start := u.clock.now()
	resp, err := u.http.Do(req.WithContext(ctx))
	if err != nil {
		return nil, brokenConnection(caller, op, err)
	}
	defer func() { _ = resp.Body.Close() }()

	a := &answer{status: resp.StatusCode, header: resp.Header, start: start, end: u.clock.now(), started: u.clock.at(start)}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		e := brokenConnection(caller, op, err)
		e.Status = a.status
		return nil, e
	}
	if int64(len(a.body)) > limit {
		a.body, a.tooLong = nil, true
	}
	return a, nil
}

// brokenConnection is the error of a request that got no answer, or half of one.
func brokenConnection(caller context.Context, op string, err error) *Error {
	if caller.Err() != nil {
		return contextError(op, caller.Err())
	}
	e := &Error{Op: op, Message: connectionTrouble(err), Err: ErrUnavailable}
	switch {
	case neverSent(err):
		e.Err = errNotConnected
	case timedOut(err):
		e.Err = errSilent
	}
	return e
}

// timedOut reports whether no answer came in time.
func timedOut(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// neverSent reports whether a request certainly did not leave, because there was no connection for it.
// All other errors can occur after the server has received the request.
func neverSent(err error) bool {
	dialled, ok := errors.AsType[*net.OpError](err)
	return ok && (dialled.Op == "dial" || dialled.Op == "proxyconnect")
}

// connectionTrouble describes a transport error. Only the kinds whose texts are made up of addresses
// and operating system errors are quoted: others, such as that of a malformed status line, repeat
// what the server sent, and that may be a token.
func connectionTrouble(err error) string {
	var (
		lookup  *net.DNSError
		dialled *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	switch {
	case timedOut(err):
		return "no complete answer in time"
	case errors.As(err, &lookup):
		return lookup.Error()
	case errors.As(err, &dialled) && dialled.Op == "dial":
		return dialled.Error()
	case errors.As(err, &dialled) && dialled.Op == "proxyconnect":
		return "the proxy refused the connection, or could not be reached"
	case errors.As(err, &cert):
		return cert.Error()
	case errors.As(err, &record):
		return "the server does not speak TLS"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection ended before the answer was complete"
	default:
		return "the connection failed, or the answer was not HTTP"
	}
}

// mediaType names the kind of body that came, for messages to the operator.
func (a *answer) mediaType() string {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		return "no content type"
	}
	return kind
}

// retryAfter reads the Retry-After header (RFC 9110 §10.2.3): seconds, or a date on the clock of the host that
// sent it. What cannot be read counts as absent.
//
// A proxy's page may have one, and may mean it: it is a wish to wait, told by the headers of one answer
// alone. At worst calls are not made for a while, and those that wait for it have bounds of their own.
func (a *answer) retryAfter() time.Duration {
	const most = 24 * time.Hour
	text := a.header.Get("Retry-After")
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(0, seconds), int64(most/time.Second))) * time.Second
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		now = a.started
	}
	return min(max(0, date.Sub(now)), most)
}
