package matterport

import (
	"net/http"
	"slices"
)

// refusalCodes are the errors in OAuth's shape that only the one who knows the credentials can answer
// with (RFC 6749 §5.2, RFC 6750 §3.1, docs/matterport.md §1, §5). Others, such as "invalid_request" or
// "temporarily_unavailable", are what a gateway says as well.
var refusalCodes = []string{
	"invalid_client", "invalid_grant", "invalid_scope", "invalid_token", "insufficient_scope", "unauthorized_client",
	"unsupported_grant_type",
}

// documented reports whether an error is certainly Matterport's, and not that of a proxy or a gateway on
// the way, whose JSON may look alike: its code is one of those that Matterport documents. A gateway has
// {"message":…}, {"errors":[{"message":…}]} or {"error":…} too, in words of its own.
func (e envelope) documented(status int) bool {
	if slices.ContainsFunc(e.errors, func(g graphError) bool { return graphKinds[g.code] != nil }) {
		return true
	}
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return e.oauthText && slices.Contains(refusalCodes, e.oauthCode)
	}
	return false
}
