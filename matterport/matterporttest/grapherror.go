package matterporttest

import (
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The Model API's error codes that the emulator uses by itself (docs/matterport.md §2). [GraphQLError] takes
// any.
const (
	codeUnauthenticated = "request.unauthenticated"
	codeUnauthorized    = "request.unauthorized"
	codeInvalid         = "request.invalid"
	codeUnsupported     = "request.unsupported"
	codeNotFound        = "not.found"
	codeModelInactive   = "model.inactive"
)

// httpStatus is the attribute of the same name, which repeats the code for readers of statuses.
func httpStatus(code string) int {
	switch code {
	case codeUnauthenticated:
		return http.StatusUnauthorized
	case codeUnauthorized, codeModelInactive:
		return http.StatusForbidden
	case codeInvalid, codeUnsupported:
		return http.StatusBadRequest
	case codeNotFound:
		return http.StatusNotFound
	case "not.unique":
		return http.StatusConflict
	case "quota.exceeded":
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// graphError is one error of a GraphQL answer.
type graphError struct {
	Message    string              `json:"message"`
	Path       []any               `json:"path,omitempty"`
	Locations  []gqlerror.Location `json:"locations,omitempty"`
	Extensions graphExtensions     `json:"extensions"`
}

type graphExtensions struct {
	Code       string `json:"code"`
	HTTPStatus int    `json:"httpStatus"`
}

func newGraphError(code, message string) graphError {
	return graphError{Message: message, Extensions: graphExtensions{Code: code, HTTPStatus: httpStatus(code)}}
}

// fault is newGraphError for functions that may also succeed.
func fault(code, message string) *graphError {
	e := newGraphError(code, message)
	return &e
}

func oneFault(code, message string) []graphError {
	return []graphError{newGraphError(code, message)}
}

// graphAnswer is a GraphQL answer. A failed operation is null in Data; a failed query has no Data at all.
type graphAnswer struct {
	Data   map[string]any `json:"data,omitzero"`
	Errors []graphError   `json:"errors,omitempty"`
}

func writeGraph(w http.ResponseWriter, status int, answer graphAnswer) {
	writeJSON(w, status, answer)
}
