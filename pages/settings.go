package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/go-pme/pme/internal/answer"
)

type settings struct {
	Showcase string `json:"showcase"`
	SDK      string `json:"sdk"`
	SDKKey   string `json:"sdk_key"`
	Selector string `json:"selector,omitempty"`
	Watch    bool   `json:"watch,omitempty"`
	Viewer   string `json:"viewer"`
}

// WriteSettings answers with what the browser module has to know: where Showcase and its SDK are, and
// where the model selector is, if the endpoint has one. watch says whether there is a stream of events beside the endpoint,
// by the name watch. viewer lists all that must be the same for two
// tabs to share a token; the answer holds a hash of it.
func (p *Pages) WriteSettings(w http.ResponseWriter, selector string, watch bool, viewer ...string) {
	answer.Value(w, settings{
		Showcase: p.cfg.ShowcaseURL, SDK: p.cfg.SDKURL, SDKKey: p.cfg.SDKKey,
		Selector: selector, Watch: watch, Viewer: fingerprint(viewer),
	})
}

// fingerprint differs for lists that differ, and says nothing else about them.
func fingerprint(list []string) string {
	h := sha256.New()
	for _, part := range list {
		_, _ = h.Write(strconv.AppendQuote(nil, part)) // quoted, so that no two lists read the same
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
