// Package script has the scripts that run inside Redis. Each says in its first lines what it guarantees.
package script

import (
	"embed"

	"github.com/redis/rueidis"
)

//go:embed lua/*.lua
var files embed.FS

// The scripts. All but [Rights] and [Found] return lost if the store has no fleet.
var (
	Rights   = rueidis.NewLuaScriptNoSha(text("rights")) // EVAL: the others are EVALSHA where Redis knows them
	Found    = rueidis.NewLuaScript(text("found"))
	Join     = load("join")
	Sync     = load("sync")
	Expel    = load("expel")
	Revoke   = load("revoke")
	Announce = load("announce")
	Get      = load("get")
	Claim    = load("claim")
	Put      = load("put")
	Release  = load("release")
	Remove   = load("remove")
	Beat     = load("beat")
	Adopt    = load("adopt")
	Prune    = load("prune")
	Void     = load("void")
	Ended    = load("ended")
	Spend    = load("spend")
)

func load(name string) *rueidis.Lua { return rueidis.NewLuaScript(text("prelude") + text(name)) }

func text(name string) string {
	b, err := files.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err) // never: it is embedded
	}
	return string(b)
}
