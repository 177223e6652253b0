// The oidc example is an intranet without a login of its own: people sign in at an OpenID provider, and
// what they see depends on their groups there. With OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET
// in the environment it uses that provider, at which http://ADDRESS/auth/callback has to be registered;
// without them it starts a provider in its own process.
//
//	go run ./examples/oidc
//
// With REDIS_URL, PME_FLEET_KEY and SESSION_KEY in the environment, any number of processes are one intranet. The provider is
// in one of them.
package main

import (
	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
)

var program = demo.Program{
	Name:  "oidc",
	Hint:  "without a provider of your own: alice, bob or carol, password demo",
	Allow: "testdata/allow-groups.yaml",
	Build: func(where demo.Site, cfg pme.Config) (demo.App, error) { return newSite(where, cfg) },
}

func main() { demo.Main(program) }
