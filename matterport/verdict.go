package matterport

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/go-pme/pme/internal/scrub"
)

// Bounds on upstream text in an [Error], in runes.
const (
	maxMessage = 300
	maxCode    = 64
)

// graphKinds sorts the error codes of the Model API (docs/matterport.md §2) by what a caller can do about
// them. An inactive model is archived: it cannot be shown until it is activated again, which to a visitor
// is the same as gone.
var graphKinds = map[string]error{
	"request.unauthenticated": ErrTokenRefused,
	"request.unauthorized":    ErrUnauthorized,
	"request.invalid":         ErrInvalid,
	"request.unsupported":     ErrInvalid,
	"not.unique":              ErrInvalid,
	"not.found":               ErrNotFound,
	"model.inactive":          ErrNotFound,
	"quota.exceeded":          ErrRateLimited,
	"error.internal":          ErrUnavailable,
}

// oauthKinds does so with those of OAuth (RFC 6749 §5.2, RFC 6750 §3.1).
var oauthKinds = map[string]error{
	"invalid_grant":           errInvalidGrant,
	"invalid_token":           ErrTokenRefused,
	"invalid_client":          ErrUnauthorized,
	"unauthorized_client":     ErrUnauthorized,
	"access_denied":           ErrUnauthorized,
	"insufficient_scope":      ErrUnauthorized,
	"server_error":            ErrUnavailable,
	"temporarily_unavailable": ErrUnavailable,
}

func kindOfCode(code string) error {
	if kind := graphKinds[code]; kind != nil {
		return kind
	}
	return oauthKinds[code]
}

// kindOf sorts a failure by its code and status; otherwise is for one that neither speaks for. 404 is
// not looked at here: without a GraphQL error beside it, it means a wrong address, not a missing model.
func kindOf(code string, status int, otherwise error) error {
	known := kindOfCode(code)
	switch {
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case known != nil:
		return known
	case status == http.StatusUnauthorized:
		return ErrTokenRefused
	case status == http.StatusRequestTimeout, status >= 500:
		return ErrUnavailable
	}
	return otherwise
}

// judge takes an answer apart: its data, or the one *Error it amounts to. Both come back for a GraphQL
// answer whose errors all lie below a root field that is there; the caller decides whether such a
// partial result will do. documented reports that the error is certainly Matterport's; whether data is,
// is clear only to a reader who knows the request.
func judge(op string, a *answer, secrets []string) (data map[string]json.RawMessage, documented bool, failed *Error) {
	e, isObject := openEnvelope(a.body)
	redirect := a.status >= 300 && a.status <= 399
	switch {
	case redirect || !isObject:
		return nil, false, a.foreign(op, secrets)
	case len(e.errors) > 0:
		return a.saved(e), e.documented(a.status), a.graphFailure(op, e, secrets)
	case e.oauth:
		return nil, e.documented(a.status), a.oauthFailure(op, e, secrets)
	case a.status < 200 || a.status > 299:
		return nil, false, a.foreign(op, secrets)
	}
	return e.data, false, nil
}

// saved returns the data of a GraphQL answer that succeeded but for some errors, if none of them
// concerns a root field.
func (a *answer) saved(e envelope) map[string]json.RawMessage {
	if a.status/100 != 2 || slices.ContainsFunc(e.errors, func(g graphError) bool { return g.depth < 2 }) {
		return nil
	}
	return e.data
}

// graphFailure speaks for the first error with a code we know, or else the first.
func (a *answer) graphFailure(op string, e envelope, secrets []string) *Error {
	known := slices.IndexFunc(e.errors, func(g graphError) bool { return kindOfCode(g.code) != nil })
	g := e.errors[max(0, known)]

	status := a.status
	if status < 400 {
		status = cmp.Or(g.status, status)
	}
	otherwise := ErrInvalid
	switch status {
	case http.StatusForbidden:
		otherwise = ErrUnauthorized
	case http.StatusNotFound, http.StatusGone:
		otherwise = ErrNotFound
	}
	return a.failure(&Error{
		Op: op, Status: status, Code: g.code, Message: g.message,
		Err: kindOf(g.code, status, otherwise),
	}, append(minted(e.data), secrets...))
}

func (a *answer) oauthFailure(op string, e envelope, secrets []string) *Error {
	otherwise := ErrInvalid
	switch a.status {
	case http.StatusForbidden:
		otherwise = ErrUnauthorized
	case http.StatusNotFound, http.StatusGone:
		otherwise = ErrMalformed
	}
	return a.failure(&Error{
		Op: op, Status: a.status, Code: e.oauthCode, Message: e.oauthMessage,
		Err: kindOf(e.oauthCode, a.status, otherwise),
	}, secrets)
}

// foreign is the failure of an answer in neither of Matterport's shapes.
func (a *answer) foreign(op string, secrets []string) *Error {
	var message string
	switch {
	case a.status >= 300 && a.status <= 399:
		message = "a redirect, which is never followed; check BaseURL"
	case a.tooLong:
		message = fmt.Sprintf("%s, longer than an answer may be", a.mediaType())
	case len(a.body) == 0:
		message = "an empty body where JSON was expected"
	case a.mediaType() == "application/json" && !json.Valid(a.body):
		message = fmt.Sprintf("application/json of %d bytes, cut off or not valid", len(a.body))
	default:
		message = fmt.Sprintf("%s of %d bytes where Matterport's JSON was expected; check BaseURL and proxies",
			a.mediaType(), len(a.body))
	}
	return a.failure(&Error{
		Op: op, Status: a.status, Message: message,
		Err: kindOf("", a.status, ErrMalformed),
	}, secrets)
}

// incomplete is the failure of an answer in the right shape with the wrong contents. The problem must
// quote nothing of it.
func (a *answer) incomplete(op, problem string) *Error {
	return &Error{Op: op, Status: a.status, Message: problem, Err: ErrMalformed}
}

// failure finishes an error: upstream's words are made fit to print, and its wish to be left alone for
// a while is noted.
func (a *answer) failure(e *Error, secrets []string) *Error {
	e.Code = scrub.Scrubber{Secrets: secrets, Limit: maxCode}.Clean(e.Code)
	e.Message = scrub.Scrubber{Secrets: secrets, Limit: maxMessage}.Clean(e.Message)
	e.RetryAfter = a.retryAfter()
	return e
}

// minted lists the tokens and links in data that came together with an error, which may quote them.
func minted(data map[string]json.RawMessage) []string {
	var secrets []string
	for _, result := range data {
		token := lenient[embedJSON](result)
		secrets = append(secrets, token.AccessToken, token.Link)
	}
	return secrets
}
