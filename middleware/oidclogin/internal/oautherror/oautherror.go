// Package oautherror reads the errors of an OAuth 2.0 authorization server: what they mean for a login, and what
// of their words a log may have.
package oautherror

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/scrub"
)

// A Kind says who can do something about an error.
type Kind int

// The kinds. The zero value is Passing.
const (
	Passing Kind = iota // trying again may help
	Lasting             // an operator has to change something, here or at the provider
	OfUser              // the provider's decision about the user
	OfGrant             // the code or the refresh token is not accepted
)

// kinds sorts the codes of RFC 6749 §4.1.2.1 and §5.2, of OpenID Connect Core 1.0 §3.1.2.6, of RFC 8707 and those
// that providers have added.
var kinds = map[string]Kind{
	"server_error":            Passing,
	"temporarily_unavailable": Passing,
	"slow_down":               Passing,

	"invalid_client":             Lasting,
	"unauthorized_client":        Lasting,
	"disabled_client":            Lasting,
	"deleted_client":             Lasting,
	"invalid_request":            Lasting,
	"invalid_request_object":     Lasting,
	"invalid_request_uri":        Lasting,
	"invalid_redirect_uri":       Lasting,
	"redirect_uri_mismatch":      Lasting,
	"invalid_scope":              Lasting,
	"invalid_resource":           Lasting,
	"invalid_target":             Lasting,
	"unsupported_grant_type":     Lasting,
	"unsupported_response_type":  Lasting,
	"unsupported_response_mode":  Lasting,
	"registration_not_supported": Lasting,
	"request_not_supported":      Lasting,
	"request_uri_not_supported":  Lasting,

	"access_denied":                     OfUser,
	"account_selection_required":        OfUser,
	"consent_required":                  OfUser,
	"interaction_required":              OfUser,
	"login_required":                    OfUser,
	"unmet_authentication_requirements": OfUser,

	"invalid_grant": OfGrant,
}

const (
	maxDescription = 300 // runes
	maxCode        = 64  // bytes
)

// An Error is an error answer. Its text is for the log.
type Error struct {
	Kind        Kind
	Status      int    // zero for an answer that the browser has brought
	Code        string // may be empty
	Description string // may be empty; bounded, printable, and without the secrets that were sent
}

func (e *Error) Error() string {
	text := "without a usable error code"
	if e.Code != "" {
		text = e.Code
	}
	if e.Status != 0 {
		text = strconv.Itoa(e.Status) + " " + text
	}
	if e.Description != "" {
		text += ": " + e.Description
	}
	return text
}

// InCallback reads an error that the provider has sent to the callback. A code that is not known is taken for a
// decision about the user. The secrets are those that were sent to the provider.
func InCallback(query url.Values, secrets ...string) *Error {
	code := query.Get("error")
	kind, known := kinds[strings.ToLower(code)]
	if !known {
		kind = OfUser
	}
	return newError(kind, 0, code, query.Get("error_description"), secrets)
}

// OfTokenEndpoint reads an error answer of the token endpoint. If the code is not known, the status decides.
func OfTokenEndpoint(answered *oauth2.RetrieveError, secrets ...string) *Error {
	status := answered.Response.StatusCode
	kind, known := kinds[strings.ToLower(answered.ErrorCode)]
	if !known || status == http.StatusTooManyRequests {
		kind = OfStatus(status)
	}
	return newError(kind, status, answered.ErrorCode, answered.ErrorDescription, secrets)
}

// OfStatus returns the kind of an answer that has nothing but a status: Lasting for a refusal, and Passing
// otherwise.
func OfStatus(status int) Kind {
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return Passing
	case status >= 400 && status <= 499:
		return Lasting
	}
	return Passing
}

func newError(kind Kind, status int, code, description string, secrets []string) *Error {
	s := scrub.Scrubber{Secrets: secrets, Limit: maxDescription, KeepUUIDs: true}
	return &Error{Kind: kind, Status: status, Code: s.Clean(usable(code)), Description: s.Clean(description)}
}

// usable returns an error code if it can be one.
func usable(code string) string {
	if len(code) > maxCode || strings.ContainsFunc(code, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return ""
	}
	return code
}
