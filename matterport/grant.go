package matterport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// opAppToken is [Error.Op] for the token endpoint.
const opAppToken = "applicationToken"

// fetchAppToken asks the token endpoint once. The credentials go in the body, as Matterport wants them
// (MATTERPORT.md §1). What x/oauth2 says of a failure is not passed on: its text holds the answer's
// body. The answer itself is judged instead.
func (c *Client) fetchAppToken(ctx context.Context) (*appToken, *Error) {
	grant := clientcredentials.Config{
		ClientID:     c.id,
		ClientSecret: c.secret,
		TokenURL:     c.base + oauthPath,
		AuthStyle:    oauth2.AuthStyleInParams,
	}
	witness := &tokenTransport{client: c}
	via := &http.Client{Transport: witness, CheckRedirect: stayHere}
	start := c.clock.now()
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, via))
	a := witness.answer
	switch {
	case witness.failure != nil:
		return nil, witness.failure
	case a == nil:
		return nil, &Error{Op: opAppToken, Message: "the request could not be made", Err: ErrUnavailable}
	}
	if _, e := judge(opAppToken, a, []string{c.secret}); e != nil {
		if errors.Is(e, ErrUnauthorized) {
			e.Err = ErrUnauthorized // what was refused here is no application token
			e.Message = strings.TrimSuffix("check the client ID and the client secret: "+e.Message, ": ")
		}
		return nil, e
	}
	if err != nil || !wellFormedToken(token.AccessToken) {
		return nil, a.incomplete(opAppToken, "the answer has no usable access_token or expires_in")
	}
	if token.Type() != "Bearer" {
		return nil, a.incomplete(opAppToken, "the token is not of type Bearer")
	}
	return &appToken{value: token.AccessToken, from: start, life: lifetime(token)}, nil
}

// lifetime reads expires_in itself: [oauth2.Token.Expiry] is by the machine's clock, and ours is
// injected. Zero when it is absent or makes no sense.
func lifetime(token *oauth2.Token) time.Duration {
	const most = 24 * time.Hour
	var seconds float64
	switch value := token.Extra("expires_in").(type) {
	case float64:
		seconds = value
	case string:
		seconds, _ = strconv.ParseFloat(value, 64)
	}
	return time.Duration(min(max(0, seconds), most.Seconds())) * time.Second
}

// wellFormedToken reports whether a token can stand in an Authorization header: visible ASCII only.
func wellFormedToken(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return token != ""
}

// tokenTransport lets x/oauth2 make its one request through the client's exchange, and keeps what came
// of it.
type tokenTransport struct {
	client  *Client
	answer  *answer
	failure *Error
}

func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.answer, t.failure = t.client.exchange(opAppToken, req, maxBody)
	if t.failure != nil {
		return nil, t.failure
	}
	header := t.answer.header.Clone()
	// Whatever it is called, only JSON will do; x/oauth2 would read a text/plain body as a form.
	header.Set("Content-Type", "application/json")
	return &http.Response{
		StatusCode: t.answer.status,
		Header:     header,
		Body:       io.NopCloser(bytes.NewReader(t.answer.body)),
		Request:    req,
	}, nil
}
