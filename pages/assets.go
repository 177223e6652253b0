package pages

//go:generate env GOWORK=off go -C ../tools run ./browser ..

import (
	_ "embed" // for the files below
	"net/http"
	"sync"

	"github.com/go-pme/pme/internal/asset"
)

//go:embed assets/pme.js
var script []byte

//go:embed assets/pme.js.map
var scriptMap []byte

//go:embed assets/pme.css
var style []byte

//go:embed assets/gallery.js
var galleryScript []byte

// viewScript is in the page of a space: what it does must not wait for one more request.
//
//go:embed assets/view.js
var viewScript string

type bundle struct{ script, scriptMap, style, gallery *asset.Asset }

// bundled are the assets.
var bundled = sync.OnceValue(func() bundle {
	return bundle{
		script:    asset.New("pme.js", asset.Script, script),
		scriptMap: asset.New("pme.js.map", asset.SourceMap, scriptMap),
		style:     asset.New("pme.css", asset.Style, style),
		gallery:   asset.New("pme.gallery.js", asset.Script, galleryScript),
	}
})

// Assets returns what the pages load, by name: the browser module pme.js, which defines
//
//	<pme-space model="SxQL3iGyoDo"></pme-space>
//
// its source map pme.js.map, the style pme.css, and pme.gallery.js for pages that have the gallery in them. All but the source map
// also have a name with a hash in it, under which browsers keep them. All answer GET, hold nothing private, and need no gate. Serve them
// beside the pages; the module expects the endpoints token, link, settings and signed-in beside itself, and the page of a space adjacent.
func Assets() map[string]http.Handler {
	b := bundled()
	return map[string]http.Handler{
		"pme.js": b.script, b.script.Lasting: b.script,
		"pme.js.map": b.scriptMap,
		"pme.css":    b.style, b.style.Lasting: b.style,
		"pme.gallery.js": b.gallery, b.gallery.Lasting: b.gallery,
	}
}
