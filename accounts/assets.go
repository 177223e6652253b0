package accounts

import (
	_ "embed" // for the file below
	"net/http"
	"sync"

	"github.com/go-pme/pme/internal/asset"
	"github.com/go-pme/pme/pages"
)

//go:embed assets/connect.js
var connectJS []byte

// script is the browser module.
var script = sync.OnceValue(func() *asset.Asset { return asset.New("connect.js", asset.Script, connectJS) })

// assets returns what the pages load, by path.
func assets() map[string]http.Handler {
	all := map[string]http.Handler{"/connect.js": script(), "/" + script().Lasting: script()}
	for name, shared := range pages.Assets() {
		all["/"+name] = shared
	}
	return all
}
