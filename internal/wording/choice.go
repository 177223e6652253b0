package wording

import (
	"net/http"

	"golang.org/x/text/language"
)

// maxAccepted bounds what is read of Accept-Language, in bytes.
const maxAccepted = 512

// Choice picks one of several languages. It is safe for concurrent use.
type Choice struct{ matcher language.Matcher }

// NewChoice returns a Choice among languages, of which the first is the default. All must be valid.
func NewChoice(langs []string) Choice {
	if len(langs) < 2 {
		return Choice{}
	}
	tags := make([]language.Tag, len(langs))
	for i, lang := range langs {
		tags[i] = language.Make(lang)
	}
	return Choice{language.NewMatcher(tags)}
}

// Of returns the place of the language that the browser prefers among those that there are, by Accept-Language.
func (c Choice) Of(r *http.Request) int {
	accepted := r.Header.Get("Accept-Language")
	if c.matcher == nil || len(accepted) > maxAccepted {
		return 0
	}
	tags, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil {
		return 0
	}
	_, at, _ := c.matcher.Match(tags...) // the first, if none fits
	return at
}
