package handler

import (
	"errors"
	"net/url"
	"strings"
)

// maxQuery bounds what a query may hold; twenty models take 400 bytes.
const maxQuery = 4096

var errQuery = errors.New("the query string cannot be read")

// modelIDs appends the values of modelId in a raw query to dst. It means the same as url.ParseQuery,
// and, unlike it, costs nothing for the query that nearly every request has. It does not check that
// the values are model IDs.
func modelIDs(dst []string, query string) ([]string, error) {
	if len(query) > maxQuery {
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
