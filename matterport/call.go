package matterport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// operation is one request to the Model API. Its text is a file of its own, so that what turns out to
// be named or typed differently at Matterport is corrected in one place.
type operation struct {
	name  string // the operation's name in the text, and Error.Op
	root  string // the field of the data that holds the result
	text  string
	limit int64 // bytes of answer

	// credentials says that the arguments clientId and clientSecret are to be added.
	credentials bool

	// partial takes a result even if upstream reports errors in the depths of it.
	partial bool

	// once repeats the request only if it certainly was not carried out.
	once bool
}

// variables are the arguments of an operation. Secrets are passed as [Secret]: they are revealed on
// the way out only, and scrubbed from what comes back.
type variables map[string]any

// reveal returns the variables as they are sent, and the secrets among them.
func (v variables) reveal() (plain map[string]any, secrets []string) {
	plain = make(map[string]any, len(v))
	for name, value := range v {
		if secret, ok := value.(Secret); ok {
			value = string(secret)
			secrets = append(secrets, string(secret))
		}
		plain[name] = value
	}
	return plain, secrets
}

// reader takes a result in. The request started at that time by Matterport's clock, or by the local one
// while that is not known. A problem it returns must quote nothing of the result.
type reader func(result json.RawMessage, started time.Time) (problem string)

// caller performs an operation in the name of an account.
type caller func(ctx context.Context, op operation, vars variables, read reader) error

// call performs an operation: with a valid application token, with repeats as [upstream.retry] has
// them, and once more with a new application token if the first is refused.
func (c *Client) call(ctx context.Context, op operation, vars variables, read reader) error {
	renewed := false
	attempt := func(vars variables) *Error {
		for {
			token, e := c.tokens.get(ctx, op.name)
			if e != nil {
				return e
			}
			e = c.api.send(ctx, op, token.value, vars, read)
			if e == nil || renewed || !errors.Is(e, ErrTokenRefused) {
				return e
			}
			renewed = true
			c.tokens.drop(token)
		}
	}
	again := passing
	if op.once {
		again = refused
	}
	return c.api.retry(ctx, op.name, again, func() *Error {
		if op.credentials {
			return c.api.withCredentials(ctx, op.name, vars, attempt)
		}
		return attempt(vars)
	})
}

// send makes one request with one access token.
func (u *upstream) send(ctx context.Context, op operation, token string, vars variables, read reader) *Error {
	plain, secrets := vars.reveal()
	req, e := u.graphRequest(ctx, op, token, plain)
	if e != nil {
		return e
	}
	a, e := u.exchange(op.name, req, op.limit)
	if e != nil {
		return e
	}
	return u.receive(ctx, op, a, slices.Concat(secrets, u.secrets.Values(), []string{token}), read)
}

func (u *upstream) graphRequest(ctx context.Context, op operation, token string, vars map[string]any) (*http.Request, *Error) {
	body, err := json.Marshal(map[string]any{"query": op.text, "operationName": op.name, "variables": vars})
	if err != nil {
		return nil, invalid(op.name, "the variables cannot be written as JSON")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.base+graphPath, bytes.NewReader(body))
	if err != nil {
		return nil, invalid(op.name, "the request cannot be built; check BaseURL")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// receive takes an answer in. It sets the clock by it if it is certainly Matterport's: an error in a
// documented form, or data with the field that was asked for. What is read from that field is dated
// by the clock.
func (u *upstream) receive(ctx context.Context, op operation, a *answer, secrets []string, read reader) *Error {
	data, documented, e := judge(op.name, a, secrets)
	result, there := data[op.root]
	there = there && present(result)
	var b began
	if documented || there {
		b = u.learn(ctx, op.name, a)
	}
	switch {
	case e != nil && !(op.partial && there):
		return e
	case !there:
		return a.incomplete(op.name, "the answer has neither data."+op.root+" nor errors")
	}
	if problem := read(result, b.clock); problem != "" {
		return a.incomplete(op.name, problem)
	}
	return nil
}
