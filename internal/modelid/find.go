package modelid

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// named finds an ID after what names it: the parameter m of a Showcase address, or a part of a path of Matterport's.
var named = regexp.MustCompile(`(?i:(?:^|[?&;#\s"'])(?:m|model|modelid)=|/(?:models|space|spaces|show|model|view)/)([0-9A-Za-z]+)`)

// longest is how many bytes of a text Find looks at.
const longest = 2048

// Find returns the model ID in a text that was given in place of one: the address of a Showcase, also within the HTML
// that embeds it or in percent-encoding, or an ID with something around it. It returns false if the text names none,
// or two.
func Find(text string) (id string, ok bool) {
	text = text[:min(len(text), longest)]
	if bare := strings.TrimFunc(text, isAround); Valid(bare) {
		return bare, true
	}
	readings := []string{text}
	if decoded, err := url.PathUnescape(text); err == nil {
		readings = append(readings, decoded)
	}
	for _, reading := range readings {
		for _, found := range named.FindAllStringSubmatch(html.UnescapeString(reading), -1) {
			switch {
			case !Valid(found[1]):
			case ok && found[1] != id:
				return "", false
			default:
				id, ok = found[1], true
			}
		}
	}
	return id, ok
}

// isAround reports whether a character can be around an ID and no part of it.
func isAround(r rune) bool { return r > '~' || !alphanumeric[byte(r)] } //nolint:gosec // ASCII by then

// Suggestion asks whether the ID that Find finds was meant, as the end of an error. It is empty if there is none.
func Suggestion(text string) string {
	if id, ok := Find(text); ok {
		return "; did you mean " + id + "?"
	}
	return ""
}
