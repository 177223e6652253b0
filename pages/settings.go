package pages

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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
// by the name watch. viewer lists all that must be the same for two tabs to share a token; the answer holds a hash of it.
func (p *Pages) WriteSettings(w http.ResponseWriter, selector string, watch bool, viewer ...string) {
	answer.Value(w, p.settings(selector, watch, viewer))
}

func (p *Pages) settings(selector string, watch bool, viewer []string) settings {
	return settings{
		Showcase: p.cfg.ShowcaseURL, SDK: p.cfg.SDKURL, SDKKey: p.cfg.sdkKey(),
		Selector: selector, Watch: watch, Viewer: fingerprint(viewer),
	}
}

// Head returns what makes spaces open sooner, for the head of a page of the host's own: the browser module, the settings that it
// would have to ask for, and what the browser can load meanwhile. base is where the handler is mounted, with a slash at its end,
// nonce is that of the page's scripts or empty, spaces are as in the attribute model of the elements, and viewer is as in
// WriteSettings. The page must not be cached, as it says who looks at it. It is for the packages of this module.
func (p *Pages) Head(r *http.Request, base, nonce string, spaces, viewer []string) (template.HTML, error) {
	var b strings.Builder
	if err := p.templates.ExecuteTemplate(&b, "sooner", p.sooner(r, base, nonce, true, spaces, viewer)); err != nil {
		return "", err
	}
	if err := p.templates.ExecuteTemplate(&b, "module", Page{Base: base, ScriptName: bundled().script.Lasting, Nonce: nonce}); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil //nolint:gosec // the template has escaped it
}

// sooner is what the template of that name shows.
type sooner struct {
	Base, ScriptName, Nonce  string
	Showcase, SDK, Integrity string // of the SDK's module, if there is a key for it
	Settings                 settings
	Begin                    []begin // what is begun before the module has come
	Preloads                 bool    // the browser lets the script have what it has preloaded
	Frames                   bool    // whether the frames are, too: those of the built-in page are in its markup
}

// begin is a space: its models as in the attribute of an element, and where its token and its frame are.
type begin struct {
	Models string `json:"models"`
	Token  string `json:"token"`
	Frame  string `json:"frame"`
}

func (p *Pages) sooner(r *http.Request, base, nonce string, frames bool, spaces, viewer []string) sooner {
	out := sooner{Base: base, ScriptName: bundled().script.Lasting, Nonce: nonce, Frames: frames, Preloads: preloads(r), Showcase: p.cfg.ShowcaseURL, Settings: p.settings("", true, viewer)}
	if p.cfg.sdkKey() == "" { // plain links are asked for elsewhere
		return out
	}
	out.SDK, out.Integrity = p.cfg.SDKURL, p.cfg.SDKIntegrity
	for _, models := range spaces {
		if ids := strings.Fields(models); len(ids) > 0 {
			out.Begin = append(out.Begin, begin{Models: models, Token: "token?" + url.Values{"modelId": ids, "n": {rand.Text()}}.Encode(), Frame: p.frame(ids[0], "")})
		}
	}
	return out
}

// preloads reports whether the browser gives to fetch what a link has preloaded. The others would send the request twice.
func preloads(r *http.Request) bool { return strings.Contains(r.Header.Get("Sec-Ch-Ua"), `"Chromium"`) }

// frame returns the address of a model's frame as the browser module has it, or nothing without an SDK key.
func (p *Pages) frame(model, params string) string {
	if p.cfg.sdkKey() == "" {
		return ""
	}
	query, err := url.ParseQuery(params)
	if err != nil { // the module makes a frame of its own
		query = make(url.Values)
	}
	for name, value := range map[string]string{"m": model, "applicationKey": p.cfg.sdkKey(), "play": "1"} {
		query.Set(name, value)
	}
	return p.cfg.ShowcaseURL + "/show?" + query.Encode()
}

// fingerprint differs for lists that differ, and says nothing else about them.
func fingerprint(list []string) string {
	h := sha256.New()
	for _, part := range list {
		_, _ = h.Write(strconv.AppendQuote(nil, part)) // quoted, so that no two lists read the same
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
