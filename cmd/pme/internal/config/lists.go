package config

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// listFromText reads a list: its items are separated by spaces or commas. Items with spaces or commas in them are written in JSON.
func (p *part) listFromText(text string, at origin, problems *collector) (any, bool) {
	items := strings.FieldsFunc(text, isSeparator)
	if strings.HasPrefix(strings.TrimSpace(text), "[") && !bracketed.MatchString(strings.TrimSpace(text)) {
		var ok bool
		if items, ok = decodeList(text); !ok {
			problems.add(at, p.path, *form.Wrong("the list is not one of texts in JSON", `write it as one, two or as ["one","two"]`))
			return nil, false
		}
	}
	if len(items) == 0 {
		problems.add(at, p.path, *form.Wrong("the list is empty", "write a value, or leave it out"))
		return nil, false
	}
	value, faults := p.parseList(items)
	for i := range items {
		if bad, is := faults[i]; is {
			problems.add(at, p.path, bad)
		}
	}
	return value, len(faults) == 0
}

// bracketed is an IPv6 address with a port, which also begins as a list in JSON does.
var bracketed = regexp.MustCompile(`^\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]`)

func isSeparator(r rune) bool { return r == ',' || unicode.IsSpace(r) }

// pairsFromText reads names and values, as in name=value,name=value, or in JSON.
func (p *part) pairsFromText(text string, at origin, problems *collector) (any, bool) {
	pairs := map[string]string{}
	bad := form.Wrong("the value is not a list of names and values", `write it as name=value,name=value or as {"name":"value"}`)
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if decodePairs(text, pairs) && len(pairs) > 0 {
			bad = parsePairs(pairs)
		}
	} else {
		bad = cutPairs(text, pairs, bad)
	}
	if bad != nil {
		problems.add(at, p.path, *bad)
		return nil, false
	}
	return pairs, true
}

func cutPairs(text string, pairs map[string]string, malformed *form.Fault) *form.Fault {
	words := strings.FieldsFunc(text, isSeparator)
	if len(words) == 0 {
		return malformed
	}
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return malformed
		}
		if _, repeated := pairs[name]; repeated {
			return form.Wrong("a name is there for a second time", "remove one of them")
		}
		pairs[name] = value
	}
	return parsePairs(pairs)
}

// decodeList reads a list of texts in JSON.
func decodeList(text string) (items []string, ok bool) {
	ok = decodeTexts(text, '[', ']', func(item string) bool {
		items = append(items, item)
		return true
	})
	return items, ok
}

// decodePairs reads an object of texts in JSON, in which no name is twice.
func decodePairs(text string, pairs map[string]string) (ok bool) {
	name, named := "", false
	return decodeTexts(text, '{', '}', func(item string) bool {
		if !named {
			_, repeated := pairs[item]
			name, named = item, true
			return !repeated
		}
		pairs[name], named = item, false
		return true
	})
}

// decodeTexts passes on the texts between two brackets. Package json would accept null for a text, and a name twice.
func decodeTexts(text string, begin, end json.Delim, next func(string) bool) bool {
	decoder := json.NewDecoder(strings.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != begin {
		return false
	}
	for decoder.More() {
		token, err := decoder.Token()
		item, isText := token.(string)
		if err != nil || !isText || !next(item) {
			return false
		}
	}
	if token, err := decoder.Token(); err != nil || token != end {
		return false
	}
	_, err := decoder.Token()
	return errors.Is(err, io.EOF)
}
