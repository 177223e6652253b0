// The frameworks example is a website that shows private spaces in pages of React 18, React 19, Vue 3 and htmx. It has a
// login, a look and a Content-Security-Policy of its own. With MATTERPORT_CLIENT_ID and MATTERPORT_CLIENT_SECRET in the
// environment it talks to Matterport; without them it starts an emulator of Matterport in its own process.
//
//	(cd examples/frameworks && npm ci --ignore-scripts && npm run build)
//	go run ./examples/frameworks
package main

import (
	"flag"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
)

func main() {
	var dist string
	demo.Main(demo.Program{
		Name:   "frameworks",
		Hint:   "alice or bob, password demo",
		Allow:  "examples/frameworks/allow.yaml",
		Spaces: spaces,
		Flags: func(flags *flag.FlagSet) {
			flags.StringVar(&dist, "dist", "examples/frameworks/dist", "`directory` of what npm run build has made")
		},
		Build: func(_ demo.Site, cfg pme.Config) (demo.App, error) { return newSite(dist, cfg) },
	})
}
