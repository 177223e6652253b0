package accounts

import (
	"net/http"

	"github.com/go-pme/pme/internal/wording"
	"github.com/go-pme/pme/matterport"
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

// speak returns the language that the browser of r prefers.
func (h *Handler) speak(r *http.Request) *tongue { return h.tongues[h.pages.Words(r).Lang] }
