// Package scrub makes the words of another server fit for a log: printable, bounded, and without secrets.
package scrub

import (
	"cmp"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// Credentials that are not among the known secrets, such as a token of another call, are known by their
// looks: what follows the word "bearer", and any long run without a break that has a digit in it. The
// minimum lengths keep "bearer token expired" and the 11 characters of a model ID readable.
var (
	bearerText = regexp.MustCompile(`(?i)bearer(?:[\s+:=]|%20|%2B)+[^\s"'&<>,;]{16,}`)
	longRun    = regexp.MustCompile(`[A-Za-z0-9._~+/=-]{20,}`)

	// uuid may end a sentence.
	uuid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\.?$`)

	urlEscape = regexp.MustCompile(`%[0-9A-F]{2}`)
)

// A Scrubber cleans texts. It is safe for concurrent use.
type Scrubber struct {
	// Secrets are removed in every form in which a message may repeat them. Empty ones are ignored.
	Secrets []string

	// Limit is the longest text, in runes.
	Limit int

	// KeepUUIDs keeps what looks like a UUID and is not one of the Secrets. Providers name applications,
	// users and traces by UUIDs.
	KeepUUIDs bool
}

// Clean returns text without control characters and secrets, and cut to Limit.
//
// The order matters. Control characters become spaces first, so that none of them can hide a secret
// from the search; the text is cut last, so that no cut can spare the first half of one.
func (s Scrubber) Clean(text string) string {
	text = printable(text)
	for _, form := range writtenForms(s.Secrets) {
		text = strings.ReplaceAll(text, form, Redacted)
	}
	text = bearerText.ReplaceAllString(text, "Bearer "+Redacted)
	text = longRun.ReplaceAllStringFunc(text, func(run string) string {
		if !strings.ContainsAny(run, "0123456789") || s.KeepUUIDs && uuid.MatchString(run) {
			return run
		}
		return Redacted
	})
	return shorten(strings.TrimSpace(text), s.Limit)
}

func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

// writtenForms lists the secrets as a message may hold them: plain, in small letters as a media type
// is, quoted, or escaped for HTML or a URL. Longer forms come first, so that one secret that contains
// another is replaced whole.
func writtenForms(secrets []string) []string {
	var forms []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted := strconv.Quote(secret)
		query, path := url.QueryEscape(secret), url.PathEscape(secret)
		forms = append(forms, printable(secret), strings.ToLower(secret), quoted[1:len(quoted)-1], html.EscapeString(secret),
			query, lowerEscapes(query), path, lowerEscapes(path))
	}
	forms = slices.DeleteFunc(forms, func(form string) bool { return strings.TrimSpace(form) == "" })
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(forms)
}

// lowerEscapes writes a URL's escapes as some programs do: %2b for %2B.
func lowerEscapes(text string) string { return urlEscape.ReplaceAllStringFunc(text, strings.ToLower) }

func shorten(text string, limit int) string {
	runes := 0
	for at := range text {
		if runes == limit {
			return text[:at] + "…"
		}
		runes++
	}
	return text
}
