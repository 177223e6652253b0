package matterporttest

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"time"
)

// Failure is something that goes wrong with a request: made by one of the constructors below and
// installed with [Server.Fail]. The zero value does nothing.
type Failure struct {
	delay  time.Duration
	answer func(w http.ResponseWriter, x exchange)
}

// exchange is what a Failure may look at, and the answer that there would have been without it.
type exchange struct {
	ctx   context.Context
	op    string
	body  []byte
	serve func(http.ResponseWriter)
}

// Latency holds the request for d, or until its client leaves, and then carries on with it.
func Latency(d time.Duration) Failure { return Failure{delay: d} }

// Hang never answers. It ends when the client leaves, and then leaves nothing behind.
func Hang() Failure {
	return Failure{answer: func(_ http.ResponseWriter, x exchange) { <-x.ctx.Done() }}
}

// DropConnection closes the connection without an answer, by panicking with [http.ErrAbortHandler]: a
// caller that is not an [http.Server] must expect that.
func DropConnection() Failure {
	return Failure{answer: func(http.ResponseWriter, exchange) { panic(http.ErrAbortHandler) }}
}

// Status answers with an HTTP status and a line of plain text, and with a Retry-After header where
// retryAfter (seconds or an HTTP date) is not empty.
func Status(code int, retryAfter string) Failure {
	return Failure{answer: func(w http.ResponseWriter, _ exchange) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		write(w, code, "text/plain; charset=utf-8", []byte(http.StatusText(code)+"\n"))
	}}
}

// HTML answers with the error page of some proxy on the way.
func HTML(status int) Failure {
	return Failure{answer: func(w http.ResponseWriter, _ exchange) {
		page := "<!doctype html><title>Error</title><h1>" + http.StatusText(status) + "</h1><hr>proxy\n"
		write(w, status, "text/html; charset=utf-8", []byte(page))
	}}
}

// JSON answers with the JSON of some gateway on the way, such as {"message":"Endpoint request timed out"}.
func JSON(status int, body string) Failure {
	return Failure{answer: func(w http.ResponseWriter, _ exchange) {
		write(w, status, "application/json", []byte(body))
	}}
}

// OAuthError answers in OAuth's shape, {"error":code}.
func OAuthError(status int, code string) Failure {
	return Failure{answer: func(w http.ResponseWriter, _ exchange) { writeOAuthError(w, status, code) }}
}

// ExpiredBearer answers what Matterport answers to an application token that it no longer knows: 400 and
// {"error":"invalid_grant"}, which is not a GraphQL body.
func ExpiredBearer() Failure { return OAuthError(http.StatusBadRequest, "invalid_grant") }

// GraphQLError answers with one GraphQL error of the given code. With status 0 or 200 the operation
// failed inside a query that was otherwise well (its data is null); with any other status the whole
// query failed and there is no data.
func GraphQLError(code string, status int) Failure {
	return Failure{answer: func(w http.ResponseWriter, x exchange) {
		fault := newGraphError(code, "injected failure")
		if status == 0 || status == http.StatusOK {
			fault.Path = []any{x.op}
			writeGraph(w, http.StatusOK, graphAnswer{Data: map[string]any{x.op: nil}, Errors: []graphError{fault}})
			return
		}
		writeGraph(w, status, graphAnswer{Errors: []graphError{fault}})
	}}
}

// NullData answers 200 with {"data":null} and no errors.
func NullData() Failure {
	return Failure{answer: func(w http.ResponseWriter, _ exchange) {
		write(w, http.StatusOK, "application/json", []byte(`{"data":null}`))
	}}
}

// EmptyBody answers 200 with nothing in it.
func EmptyBody() Failure {
	return Failure{answer: func(w http.ResponseWriter, _ exchange) {
		write(w, http.StatusOK, "application/json", nil)
	}}
}

// CutBody carries the operation out and breaks the connection in the middle of the answer: the client
// reads an unexpected EOF, and a token may have been minted that it never heard of.
func CutBody() Failure {
	return Failure{answer: func(w http.ResponseWriter, x exchange) { cut(w, x, true) }}
}

// CutJSON carries the operation out and sends the first half of its answer as if it were all of it.
func CutJSON() Failure {
	return Failure{answer: func(w http.ResponseWriter, x exchange) { cut(w, x, false) }}
}

// cut sends half of the true answer. net/http closes a connection whose handler wrote less than the
// Content-Length that it announced, which is what announceAll is for.
func cut(w http.ResponseWriter, x exchange, announceAll bool) {
	whole := carryOut(x)
	body := whole.Body.Bytes()
	half := body[:len(body)/2]
	announced := half
	if announceAll {
		announced = body
	}
	send(w, whole, half, len(announced))
}

// DropAnswer carries the operation out and then closes the connection as [DropConnection] does: the
// client cannot know whether it was carried out.
func DropAnswer() Failure {
	return Failure{answer: func(_ http.ResponseWriter, x exchange) {
		carryOut(x)
		panic(http.ErrAbortHandler)
	}}
}

// LateAnswer carries the operation out at once and holds the answer for d, or until the client leaves.
func LateAnswer(d time.Duration) Failure {
	return Failure{answer: func(w http.ResponseWriter, x exchange) {
		whole := carryOut(x)
		if pause(x.ctx, d) {
			send(w, whole, whole.Body.Bytes(), whole.Body.Len())
		}
	}}
}

func carryOut(x exchange) *httptest.ResponseRecorder {
	whole := httptest.NewRecorder()
	x.serve(whole)
	return whole
}

// send sends body with the status and headers of whole, announcing length bytes.
func send(w http.ResponseWriter, whole *httptest.ResponseRecorder, body []byte, length int) {
	maps.Copy(w.Header(), whole.Header())
	setLength(w, length)
	w.WriteHeader(whole.Code)
	w.Write(body)
}

// Echo answers 500 with a page that quotes the whole request body, the secrets in it included, as a
// careless proxy in debug mode does. A client must not let any of it into an error or a log.
func Echo() Failure {
	return Failure{answer: func(w http.ResponseWriter, x exchange) {
		page := append([]byte("could not handle this request:\n"), x.body...)
		write(w, http.StatusInternalServerError, "text/plain; charset=utf-8", page)
	}}
}
