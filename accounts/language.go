package accounts

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/go-pme/pme/internal/wording"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/pages"
)

// language is one of the languages that the pages are in.
type language struct {
	words  Strings
	script string  // the words that the script needs, in JSON
	scopes []Scope // of the application
}

func newLanguage(words Strings, scopes []matterport.Scope) *language {
	return &language{words: words, script: words.forScript(), scopes: words.scopes(scopes)}
}

// newLanguages returns a language for each language of the pages. The host's words replace the shipped ones.
func newLanguages(cfg Config) map[string]*language {
	languages, scopes := make(map[string]*language), cfg.Connections.App().Scopes()
	for i, look := range cfg.Pages.Config().Languages {
		words := shipped(look.Lang)
		if i == 0 {
			words = wording.Over(words, cfg.Strings)
		}
		languages[look.Lang] = newLanguage(wording.Over(words, cfg.Languages[look.Lang]), scopes)
	}
	return languages
}

// checkLanguages finds words that no page would have.
func (c Config) checkLanguages() (errs []error) {
	if c.Pages == nil {
		return nil
	}
	known := c.Pages.Config().Languages
	for lang := range c.Languages {
		if !slices.ContainsFunc(known, func(words pages.Strings) bool { return words.Lang == lang }) {
			errs = append(errs, fmt.Errorf("accounts: Languages has %.40q, which is the Lang of no language of Pages", lang))
		}
	}
	return errs
}

// language returns the language that the browser of r prefers.
func (h *Handler) language(r *http.Request) *language { return h.languages[h.pages.Words(r).Lang] }
