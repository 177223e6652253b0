package accounts

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/go-pme/pme/internal/wording"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/pages"
)

// tongue is one of the languages that the pages are in.
type tongue struct {
	words  Strings
	script string  // the words that the script needs, in JSON
	scopes []Scope // of the application
}

func newTongue(words Strings, scopes []matterport.Scope) *tongue {
	return &tongue{words: words, script: words.forScript(), scopes: words.scopes(scopes)}
}

// newTongues returns a tongue for each language of the pages. The host's words replace the shipped ones.
func newTongues(cfg Config) map[string]*tongue {
	tongues, scopes := make(map[string]*tongue), cfg.Connections.App().Scopes()
	for i, look := range cfg.Pages.Config().Languages {
		words := shipped(look.Lang)
		if i == 0 {
			words = wording.Over(words, cfg.Strings)
		}
		tongues[look.Lang] = newTongue(wording.Over(words, cfg.Languages[look.Lang]), scopes)
	}
	return tongues
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

// speak returns the language that the browser of r prefers.
func (h *Handler) speak(r *http.Request) *tongue { return h.tongues[h.pages.Words(r).Lang] }
