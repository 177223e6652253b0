package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-pme/pme/audit"
)

const (
	maxAnswer  = 64 << 20
	clientTime = workTime + writeTime + 5*time.Second
)

// ErrNoProcess means that no process answers at the socket. Errors that match it say what the operator can do.
var ErrNoProcess = errors.New("no process answers")

// unanswered is a text that matches [ErrNoProcess].
type unanswered string

func (u unanswered) Error() string { return string(u) }

// Unwrap returns [ErrNoProcess].
func (unanswered) Unwrap() error { return ErrNoProcess }

func noProcess(format string, args ...any) error { return unanswered(fmt.Sprintf(format, args...)) }

// A Client sends commands to the running process.
type Client struct {
	path string
	http *http.Client
}

// Dial returns a client of the process with the socket at that path. It does not connect yet. Close it.
//
// It asks nothing of a socket that another user could have put there: see the documentation of the package.
func Dial(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return connect(ctx, path) }
	return &Client{path: path, http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableCompression: true}}}
}

// connect connects to a process that is believed.
func connect(ctx context.Context, path string) (net.Conn, error) {
	may, err := ownersOf(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := may.checkSocket(path); err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err //nolint:wrapcheck // unreachable says what it means
	}
	if err := may.checkPeer(path, conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// Close closes what is open.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Who returns live tokens.
func (c *Client) Who(ctx context.Context, q Search) (Who, error) { return ask[Who](ctx, c, "who", q) }

// Revoke revokes.
func (c *Client) Revoke(ctx context.Context, q Revocation) (Revoked, error) {
	return ask[Revoked](ctx, c, "revoke", q)
}

// Explain asks the policy in force.
func (c *Client) Explain(ctx context.Context, q Question) (Explained, error) {
	return ask[Explained](ctx, c, "explain", q)
}

// Report reports on the rules in force.
func (c *Client) Report(ctx context.Context, q Subject) (Report, error) {
	return ask[Report](ctx, c, "report", q)
}

// Health says how the process is.
func (c *Client) Health(ctx context.Context) (Health, error) {
	return ask[Health](ctx, c, "health", struct{}{})
}

func ask[A any](ctx context.Context, c *Client, method string, question any) (a A, err error) {
	ctx, cancel := context.WithTimeout(ctx, clientTime)
	defer cancel()
	answer, err := c.post(ctx, method, question)
	if err != nil {
		return a, err
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&a); err != nil {
		return a, noProcess("the answer of the process at %s has not arrived as a whole", c.path)
	}
	return a, nil
}

// post returns an answer of status 200, whose body is to be closed.
func (c *Client) post(ctx context.Context, method string, question any) (*http.Response, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("http://pme/v%d/%s", Protocol, method), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(header, fmt.Sprint(Protocol))
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if answer.StatusCode == http.StatusOK && answer.Header.Get(header) == fmt.Sprint(Protocol) {
		return answer, nil
	}
	defer func() { _ = answer.Body.Close() }()
	refused := &Error{status: answer.StatusCode}
	if json.NewDecoder(io.LimitReader(answer.Body, maxBody)).Decode(refused) != nil || refused.Text == "" {
		return nil, noProcess("what answers at %s is no pme of this release: see control.socket", c.path)
	}
	return nil, refused
}

// unreachable says what the operator can do.
func (c *Client) unreachable(err error) error {
	if why, ok := errors.AsType[distrust](err); ok {
		return noProcess("%s", string(why))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noProcess("there is no socket at %s: start pme serve with this control.socket", c.path)
	case errors.Is(err, fs.ErrPermission):
		return noProcess("this user may not connect to %s: run the command as the user of the process, or as root", c.path)
	case errors.Is(err, syscall.ECONNREFUSED):
		return noProcess("the process that made %s has ended: start pme serve again", c.path)
	case errors.Is(err, context.DeadlineExceeded):
		return noProcess("the process at %s does not answer in time: look at its log", c.path)
	}
	return noProcess("the process at %s cannot be asked: %v", c.path, err)
}

// Trail returns the audit trail of the process. Nothing is asked before it is read.
func (c *Client) Trail() audit.Reader { return trail{c} }

type trail struct{ *Client }

// Records implements [audit.Reader].
func (t trail) Records(ctx context.Context, q audit.Query) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		answer, err := t.post(ctx, "records", trailQuery{q.From, q.To, q.Kinds, q.Users, q.Model})
		if err != nil {
			yield(audit.Record{}, err)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		for d := json.NewDecoder(answer.Body); ; {
			var line trailLine
			if err := d.Decode(&line); err != nil {
				yield(audit.Record{}, noProcess(cutTrail))
				return
			}
			if line.End || !yield(line.read()) {
				return
			}
		}
	}
}

func (l trailLine) read() (audit.Record, error) {
	if l.Wrong != "" {
		return audit.Record{}, wrongLine(l.Wrong)
	}
	return audit.ParseLine(l.Record) //nolint:wrapcheck // it is an audit.ErrLine already
}

// A wrongLine says what the process found wrong with a line.
type wrongLine string

func (w wrongLine) Error() string { return string(w) }

// Unwrap makes it an [audit.ErrLine].
func (wrongLine) Unwrap() error { return audit.ErrLine }
