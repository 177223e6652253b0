package pages

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/wording"
)

// tongue is one of the languages that the pages are in.
type tongue struct {
	words   Strings
	element string // the words of <pme-space> that are not English, in JSON; may be empty
}

func newTongues(all []Strings) []tongue {
	tongues := make([]tongue, len(all))
	for i, words := range all {
		tongues[i] = tongue{words: words, element: elementWords(words.Element)}
	}
	return tongues
}

func newChoice(all []Strings) wording.Choice {
	langs := make([]string, len(all))
	for i, words := range all {
		langs[i] = words.Lang
	}
	return wording.NewChoice(langs)
}

// elementWords are the words of <pme-space> as its attribute has them, without those that the element has itself.
func elementWords(words map[string]string) string {
	english, _ := wording.Shipped[Strings](languages, "en")
	other := make(map[string]string)
	for name, text := range words {
		if english.Element[name] != text {
			other[name] = text
		}
	}
	if len(other) == 0 {
		return ""
	}
	text, _ := json.Marshal(other) // a map of strings has a form in JSON
	return string(text)
}

// speak returns the language that the browser of r prefers.
func (p *Pages) speak(r *http.Request) tongue { return p.tongues[p.choice.Of(r)] }

// Words returns the words for r: of Config.Languages those that its browser prefers, by Accept-Language.
func (p *Pages) Words(r *http.Request) Strings { return p.speak(r).words }

// Sentence returns what a refusal says to the visitor who sent r. It is for the packages of this module.
func (p *Pages) Sentence(r *http.Request, out answer.Refusal) string {
	return p.speak(r).words.sentence(out)
}

func (s Strings) sentence(out answer.Refusal) string {
	return cmp.Or(s.Errors[out.Code], s.Sentences[out.Text], out.Text)
}

// Fill puts values into the places of a text of [Strings]: of "Page {number}", with "number" and "3", it makes "Page 3". It is
// for the packages of this module.
func Fill(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}
