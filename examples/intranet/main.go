// The intranet example is a small company intranet with a login of its own, and pme mounted under
// /pme/. With MATTERPORT_CLIENT_ID and MATTERPORT_CLIENT_SECRET in the environment it talks to
// Matterport; without them it starts an emulator of Matterport in its own process.
//
//	go run ./examples/intranet
//
// With REDIS_URL, PME_FLEET_KEY and SESSION_KEY in the environment, any number of processes are one intranet.
package main

import (
	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
)

var program = demo.Program{
	Name:  "intranet",
	Hint:  "alice, bob or carol, password demo",
	Allow: "testdata/allow.yaml",
	Build: func(where demo.Site, cfg pme.Config) (demo.App, error) { return newSite(where, cfg) },
}

func main() { demo.Main(program) }
