package matterport

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// envelope is the outside of an answer: what any of the three shapes may hold. It is read leniently,
// part by part, since the documentation leaves the types of several parts open; a part of an
// unexpected type counts as absent, and only a body that is no JSON object at all is refused.
type envelope struct {
	data   map[string]json.RawMessage // GraphQL
	errors []graphError               // GraphQL

	oauthCode    string // RFC 6749 §5.2, "error", or the code in it where it is an object
	oauthMessage string // "error_description"
	oauth        bool
	oauthText    bool // "error" is a text, as documented
}

// graphError is one entry of a GraphQL answer's errors.
type graphError struct {
	message string
	code    string
	status  int // httpStatus; 0 when absent
	depth   int // how far below the root of the data the error happened; 0 when not said
}

// openEnvelope reads a body; ok is false when it is not a JSON object.
func openEnvelope(body []byte) (e envelope, ok bool) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(body, &top); err != nil || top == nil {
		return envelope{}, false
	}
	e.data = lenient[map[string]json.RawMessage](top["data"])
	e.errors = graphErrors(top["errors"])
	if present(top["error"]) {
		object := lenient[map[string]json.RawMessage](top["error"])
		e.oauth, e.oauthText = true, object == nil
		e.oauthCode = cmp.Or(lenient[string](top["error"]), lenient[string](object["code"]))
		e.oauthMessage = cmp.Or(lenient[string](top["error_description"]), lenient[string](object["message"]))
	}
	return e, true
}

func graphErrors(raw json.RawMessage) []graphError {
	entries := lenient[[]json.RawMessage](raw)
	if entries == nil && present(raw) {
		entries = []json.RawMessage{raw}
	}
	var list []graphError
	for _, entry := range entries {
		top := lenient[map[string]json.RawMessage](entry)
		extensions := lenient[map[string]json.RawMessage](top["extensions"])
		list = append(list, graphError{
			message: cmp.Or(lenient[string](top["message"]), lenient[string](entry)),
			code:    cmp.Or(lenient[string](extensions["code"]), lenient[string](top["code"])),
			status:  cmp.Or(httpStatus(top["httpStatus"]), httpStatus(extensions["httpStatus"])),
			depth:   len(lenient[[]json.RawMessage](top["path"])),
		})
	}
	return list
}

// lenient decodes raw, or returns the zero value.
func lenient[T any](raw json.RawMessage) T {
	var value, zero T
	if err := json.Unmarshal(raw, &value); err != nil {
		return zero
	}
	return value
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// httpStatus reads a status given as a number or as a text.
func httpStatus(raw json.RawMessage) int {
	status, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	if err != nil || status < 100 || status > 599 {
		return 0
	}
	return status
}
