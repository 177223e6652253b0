package answer

import (
	"errors"
	"net/url"
	"strings"
)

// MaxQuery is the longest query string that is read, in bytes; twenty models take 400.
const MaxQuery = 4096

var errQuery = errors.New("answer: the query string cannot be read")

// ModelIDs appends the values of modelId in a raw query to dst. It returns what url.ParseQuery would,
// but allocates nothing for a query without escapes, as nearly every request has. It does not check
// that the values are model IDs. The error says that the query is too long or malformed.
func ModelIDs(dst []string, query string) ([]string, error) {
	if len(query) > MaxQuery {
		return dst, errQuery
	}
	if strings.ContainsAny(query, "%+;") {
		values, err := url.ParseQuery(query)
		if err != nil {
			return dst, errQuery
		}
		return append(dst, values["modelId"]...), nil
	}
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if name, value, _ := strings.Cut(pair, "="); name == "modelId" {
			dst = append(dst, value)
		}
	}
	return dst, nil
}
